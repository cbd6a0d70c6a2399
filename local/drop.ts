import { Command } from 'commander';
import { createApi } from './api.ts';
import { dropFiles, landingFolder } from './drop-files.ts';
import { readEndpoints } from './endpoints.ts';
import { followRun, nextRun, screen } from './follow.ts';
import { reportRun } from './report.ts';

const program = new Command('npm run drop --')
  .description('Drops files into the landing zone of the platform that runs here.')
  .argument('<file...>', 'files to drop')
  .option('--pipeline <name>', 'the pipeline whose landing folder takes them (default: the only one)')
  .option('--follow', 'follow the run to its prediction; exit code 1 when it fails')
  .option('--json', 'print one JSON object instead of text')
  .option('--state <folder>', 'state folder of the platform', '.landfall')
  .showHelpAfterError('npm run drop -- --help lists the options.')
  .action(drop);

async function drop(
  files: string[],
  options: { pipeline?: string; follow?: boolean; json?: boolean; state: string },
): Promise<void> {
  const endpoints = readEndpoints(options.state);
  if (!endpoints) throw new Error(`Nothing was started on ${options.state}. Run npm start first.`);
  const api = createApi(endpoints);
  const known = new Set((await api.runs(100)).map(({ runId }) => runId));
  const dropped = await dropFiles(endpoints, await landingFolder(api, options.pipeline), files);
  if (options.json) console.log(JSON.stringify({ dropped }));
  else for (const path of dropped) console.log(`dropped ${path}`);
  if (!options.follow) return;
  const show = screen();
  const signal = new AbortController().signal;
  const run = await nextRun(api, known, show, signal, options.pipeline);
  const ended = await followRun(api, run.runId, show, signal);
  process.exitCode = (await reportRun(api, endpoints, ended, show)) ? 0 : 1;
}

try {
  await program.parseAsync();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  console.error(text.includes('fetch failed') ? 'The platform does not answer. Run npm start first.' : text);
  process.exitCode = 1;
}
