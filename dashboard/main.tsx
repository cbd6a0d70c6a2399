import { QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { takeKey } from './routes/use-place.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/screens.css';

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
