import { useState } from 'preact/hooks';
import { keyRing } from './api/client.ts';
import { Failure } from './parts/failure.tsx';
import { Title } from './parts/title.tsx';
import './key-prompt.css';

/** Asks for the function key, once a tab. */
export function KeyPrompt({ error }: { error: unknown }) {
  const [key, setKey] = useState('');
  return (
    <main id="main" class="key-prompt" tabIndex={-1}>
      <Title text="Landfall">Landfall</Title>
      <form
        class="card"
        aria-label="Open Landfall"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim()) keyRing.keep(key.trim());
        }}
      >
        {error ? <Failure error={error} /> : null}
        <label class="field">
          Function key
          <input
            type="password"
            autoComplete="off"
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <p class="muted">
          <code>npm start</code> prints it; in Azure it is under App keys of the function app. It is kept until this tab
          is closed, and sent to this app alone.
        </p>
        <button type="submit" class="primary">
          Open
        </button>
      </form>
    </main>
  );
}
