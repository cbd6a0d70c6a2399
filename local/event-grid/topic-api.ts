import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { lacks, type GridEvent } from './event-shapes.ts';

// https://learn.microsoft.com/azure/event-grid/quotas-limits
const MAX_BYTES = 1_048_576;

/** The HTTP API that events are published to: `POST /topics/TOPIC/api/events`. */
export function createTopicApi(key: string, publish: (topic: string, events: GridEvent[]) => void): Hono {
  const app = new Hono();
  const refusal = (code: string, message: string) => ({ error: { code, message } });
  app.use(
    bodyLimit({
      maxSize: MAX_BYTES,
      onError: (c) => c.json(refusal('RequestEntityTooLarge', 'A request holds 1 MB at most.'), 413),
    }),
  );
  app.post('/topics/:topic/api/events', async (c) => {
    if (!isSame(c.req.header('aeg-sas-key') ?? '', key)) {
      return c.json(
        refusal(
          'Unauthorized',
          'The header aeg-sas-key does not hold the key; SAS and Entra tokens are not supported here.',
        ),
        401,
      );
    }
    const body: unknown = await c.req.json().catch(() => undefined);
    const events = Array.isArray(body) ? (body as unknown[]) : [body];
    const problem = events.map(lacks).find((found) => found !== undefined);
    if (problem) return c.json(refusal('BadRequest', `Not a list of events: ${problem}.`), 400);
    publish(c.req.param('topic'), events as GridEvent[]);
    return c.body(null, 200);
  });
  return app;
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
