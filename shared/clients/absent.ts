import { isStatus } from './is-status.ts';

/** What a call answers, or undefined where the service says that there is none: by 404, or by the given statuses. */
export async function absent<T>(call: () => Promise<T>, ...statuses: number[]): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isStatus(error, ...(statuses.length > 0 ? statuses : [404]))) return undefined;
    throw error;
  }
}
