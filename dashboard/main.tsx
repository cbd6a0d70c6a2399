// What all parts share comes first, so that each part's own rules stand after it.
import './styles/tokens.css';
import './styles/tones.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/buttons.css';
import './styles/fields.css';
import './styles/verbatim.css';
import { QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { takeKey } from './routes/use-place.ts';

takeKey();
const root = document.getElementById('root');
if (root) {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <App />
    </QueryClientProvider>,
    root,
  );
}
