import { z } from 'zod';

/** Conditions of an object's status, in the order in which they are listed. */
export const conditionsSchema = z
  .array(
    z.looseObject({
      type: z.string(),
      status: z.string(),
      reason: z.string().optional(),
      message: z.string().optional(),
    }),
  )
  .default([]);
