import { path } from '../connect/api.ts';
import { EXIT } from '../cli-error.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import { isOver } from '../follow/run-status.ts';
import type { Run } from '../connect/api-types.ts';
import type { Register, Session } from '../session.ts';

/** Registers `landfall cancel`. */
export const cancel: Register = (program, cli) => {
  program
    .command('cancel')
    .description('stop a run; nothing of it is left on the clusters')
    .argument('<id>', 'id of the run')
    .option('-f, --follow', 'wait until it is over')
    .action(cli.online(cancelRun));
};

async function cancelRun(session: Session, id: string, { follow }: { follow?: boolean }): Promise<number> {
  const { api, show, command } = session;
  const answer = await api.post<object>(path`runs/${id}/cancel`);
  if (!follow) {
    show.tell(answer, () => [`Run ${oneLine(id)} is asked to stop.`, `  → ${command(`run ${oneLine(id)}`)}`]);
    return EXIT.good;
  }
  for (;;) {
    const run = await patiently(session, () => api.get<Run>(path`runs/${id}`));
    if (isOver(run)) {
      show.tell(run, () => [oneLine(`Run ${id} ended: ${run.status.toLowerCase()}.`)]);
      return run.status === 'Cancelled' ? EXIT.good : EXIT.failed;
    }
    show.now(`waiting for ${id} to stop`);
    await session.pause();
  }
}
