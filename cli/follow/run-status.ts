import type { Run } from '../connect/api-types.ts';

const GOING = new Set(['Pending', 'Running']);

/** Whether nothing follows any more. */
export function isOver({ status, finishedAt }: Run): boolean {
  return !GOING.has(status) && finishedAt !== undefined;
}
