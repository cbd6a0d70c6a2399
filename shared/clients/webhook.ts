/** A webhook that tells people outside, such as a chat channel. */
export interface Webhook {
  /** Sends a JSON body; without a configured address nothing is sent, and that is fine. */
  send(body: Record<string, unknown>): Promise<void>;
}

const DEADLINE_MS = 10_000;

/** Posts to an address; what is not a 2xx answer is an error. */
export function createWebhook(url: string | undefined): Webhook {
  return {
    async send(body) {
      if (url === undefined) return;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        // A redirect would turn the POST into a GET, and could lead anywhere.
        redirect: 'error',
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      if (!response.ok) throw new Error(`REVIEW_WEBHOOK_URL answered ${response.status}`);
    },
  };
}
