import { expect, test } from 'vitest';
import { z } from 'zod';
import { LIFECYCLE_EVENTS, SOURCE } from './lifecycle-events.ts';

/**
 * Subscribers read these files; `npx vitest run shared/lifecycle-events.test.ts -u` writes them anew after a change.
 * The envelope is CloudEvents 1.0 in JSON: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
test.each(Object.entries(LIFECYCLE_EVENTS))('%s is documented as it is sent', async (name, data) => {
  const envelope = z.object({
    specversion: z.literal('1.0'),
    id: z.string().describe('The same for every delivery of the same fact.'),
    source: z.literal(SOURCE),
    type: z.literal(`Landfall.${name}`),
    subject: z.string(),
    time: z.iso.datetime(),
    data,
  });
  const schema = { title: `Landfall.${name}`, ...z.toJSONSchema(envelope, { io: 'input' }) };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../docs/events/${name}.schema.json`);
});
