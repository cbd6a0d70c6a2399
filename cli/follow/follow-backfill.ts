import { path } from '../connect/api.ts';
import type { Backfill } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { backfillLines, progress } from '../format/backfill.ts';
import { moment } from '../format/quantity.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import type { Session } from '../session.ts';

const GOING = new Set(['Running', 'Paused']);

/** Follows a backfill, a line for each part that is over; answers the exit code. */
export async function followBackfill(session: Session, id: string): Promise<number> {
  const { api, show, pause } = session;
  const told = new Set<string>();
  for (let seen = ''; ;) {
    const backfill = await patiently(session, () => api.get<Backfill>(path`backfills/${id}`));
    const state = JSON.stringify(backfill);
    if (state !== seen) show.tellNext(backfill, () => news(backfill, told));
    seen = state;
    if (!GOING.has(backfill.status)) {
      backfillLines(backfill).forEach(show.line);
      return backfill.status === 'Succeeded' ? EXIT.good : EXIT.failed;
    }
    const waits = backfill.waitingFor ? `   waits for ${oneLine(backfill.waitingFor)}` : '';
    show.now(`${backfill.status.toLowerCase()}   ${progress(backfill)}${waits}`);
    await pause();
  }
}

function news({ partitions }: Backfill, told: Set<string>): string[] {
  const over = partitions.filter(({ from, status }) => !told.has(from) && isOver(status));
  return over.map(({ from, status, runId }) => {
    told.add(from);
    return oneLine(`  ${status === 'Succeeded' ? '✔' : '✖'} ${moment(from)}  ${status}  ${runId ?? ''}`);
  });
}

function isOver(status: string | undefined): boolean {
  return status !== undefined && !['Pending', 'Running'].includes(status);
}
