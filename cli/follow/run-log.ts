import { path, type Api } from '../connect/api.ts';
import type { RunLog } from '../connect/api-types.ts';

/** The last lines of a stage's log, as they are now. */
export function readLog(api: Api, runId: string, stage: string, attempt: number | undefined): Promise<RunLog> {
  return api.get<RunLog>(path`runs/${runId}/logs/${stage}`, { query: { attempt } });
}
