import { path } from '../connect/api.ts';
import type { Health } from '../connect/api-types.ts';
import { ApiError, EXIT } from '../cli-error.ts';
import { oneLine, pad } from '../format/text.ts';
import type { Register, Session } from '../session.ts';

/** Registers `landfall doctor`. */
export const doctor: Register = (program, cli) => {
  program
    .command('doctor')
    .description('ask every part that the app depends on, and say what cures what is wrong')
    .action(cli.online(examine));
};

async function examine({ api, show }: Session): Promise<number> {
  const health = await api.get<Health>(path`health`, { accept: [503] });
  if (!Array.isArray(health?.parts)) {
    const cure = 'Check that --api is the address of a Landfall app.';
    throw new ApiError(`${api.url} answered without parts.`, cure);
  }
  show.tell(health, () => health.parts.flatMap(lines));
  return health.parts.every(({ status }) => status === 'Healthy') ? EXIT.good : EXIT.failed;
}

function lines({ name, status, detail, cure }: Health['parts'][number]): string[] {
  if (status === 'Healthy') return [`✔ ${pad(oneLine(name), 24)} ${detail}`];
  return [`✖ ${pad(oneLine(name), 24)} ${detail}`, ...(cure ? [`  → ${cure}`] : [])];
}
