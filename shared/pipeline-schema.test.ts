import { expect, test } from 'vitest';
import { z } from 'zod';
import { pipelineSchema } from './pipeline.ts';

/** Editors read this file; `npx vitest run shared/pipeline-schema.test.ts -u` writes it anew after a change of the schema. */
test('the JSON Schema for editors says what the app checks', async () => {
  const schema = {
    title: 'Landfall pipeline',
    ...z.toJSONSchema(pipelineSchema, { io: 'input', unrepresentable: 'any' }),
  };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../workloads/pipeline.schema.json');
});
