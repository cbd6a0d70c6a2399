import { expect, test } from 'vitest';
import { z } from 'zod';
import { schemaOf } from './schema-of.ts';

interface Shape {
  a: string;
  b?: number;
  c: { d: 'x' | 'y' }[];
}
const c = z.array(z.strictObject({ d: z.enum(['x', 'y']) }));

// The compiler makes the claims here: tsc fails where an error that is expected does not come.
test('a schema stands for an interface only where every field agrees', () => {
  const right = z.strictObject({ a: z.string(), b: z.number().exactOptional(), c });
  expect(schemaOf<Shape>()(right)).toBe(right);
  const lacking = z.strictObject({ a: z.string(), c });
  // @ts-expect-error b is not there
  expect(schemaOf<Shape>()(lacking)).toBe(lacking);
  const more = right.extend({ e: z.string().exactOptional() });
  // @ts-expect-error e is none of the interface
  expect(schemaOf<Shape>()(more)).toBe(more);
  const other = right.extend({ c: z.array(z.strictObject({ d: z.string() })) });
  // @ts-expect-error c.d is wider
  expect(schemaOf<Shape>()(other)).toBe(other);
});
