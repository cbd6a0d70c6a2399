import { path } from '../connect/api.ts';
import type { Waiting } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { bytes, moment } from '../format/quantity.ts';
import { table } from '../format/table.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';

/** Registers `landfall waiting`. */
export const waiting: Register = (program, cli) => {
  program
    .command('waiting')
    .description('list files that have arrived and that no run has taken yet')
    .argument('<pipeline>', 'name of the pipeline')
    .option('--top <number>', 'so many', wholeNumber(1), 50)
    .action(cli.online(listWaiting));
};

async function listWaiting({ api, show }: Session, pipeline: string, { top }: { top: number }): Promise<number> {
  const asked = Math.min(top, 500);
  const found = await api.get<Waiting>(path`pipelines/${pipeline}/waiting`, { query: { top: asked } });
  show.tell(found, () => lines(found));
  if (found.value.length === asked) show.line('… there may be more: --top asks for up to 500');
  return EXIT.good;
}

function lines({ value }: Waiting): string[] {
  if (value.length === 0) return ['Nothing waits.'];
  const rows = value.map(({ path: file, size, at, marker }) => [
    moment(at),
    bytes(size),
    file + (marker ? ' (marker)' : ''),
  ]);
  return table(['ARRIVED', 'SIZE', 'FILE'], rows);
}
