import type { InvocationContext } from '@azure/functions';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { runSchedules } from '../../orchestrations/activities/schedule.ts';
import type { Edge } from '../edge.ts';

/** Every minute: starts the runs of schedules that are due, and says what it did. */
export async function startScheduled(
  edge: Edge,
  durable: DurablePort,
  context: Pick<InvocationContext, 'info' | 'warn'>,
  now = new Date(),
): Promise<void> {
  for (const done of await runSchedules(edge, durable, now)) {
    if ('runId' in done) context.info(`Schedule: started ${done.runId}`);
    else context.warn(`Schedule: ${done.pipeline} was due and there are no files in ${done.nothing}`);
    if (done.leftFrom) {
      const what = `the folders from ${done.leftFrom} on are too many for one run, and the older ones are left out`;
      context.warn(
        `Schedule: ${done.pipeline}: ${what}; run over them with POST /api/pipelines/${done.pipeline}/backfill`,
      );
    }
  }
}
