import type { z } from 'zod';

/** A type with its intersections and aliases written out, so that two types of one shape are the same. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T]: Plain<T[Key]> }
    : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Stands<Schema, Shape> = Same<Plain<z.infer<Schema>>, Plain<Shape>> extends true ? unknown : never;

/** The schema of an interface, as it is: where the two differ, by a field more or less, the compiler stops. */
export function schemaOf<Shape>(): <Schema extends z.ZodType>(schema: Schema & Stands<Schema, Shape>) => Schema {
  return (schema) => schema;
}
