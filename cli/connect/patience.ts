import { ApiError } from '../cli-error.ts';
import type { Session } from '../session.ts';

const LIMIT_MS = 120_000;

/** An answer, also when the app is away for a while: who follows something waits for it, once it was there. */
export async function patiently<T>(session: Session, ask: () => Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  const { api, show, pause, now } = session;
  for (const since = now(); ;) {
    try {
      return await ask();
    } catch (error) {
      const mayPass = error instanceof ApiError && error.isTransient && api.hasAnswered && now() - since < limitMs;
      if (!mayPass) throw error;
      show.now(`waiting for the app: ${error.message}`);
      await pause();
    }
  }
}
