import ora, { type Ora } from 'ora';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, RunView } from './api.ts';

/** Where a run is told: a spinner on a terminal, plain lines elsewhere. */
export interface Screen {
  line(text: string): void;
  /** What goes on now; replaced by the next, dropped by a line. */
  now(text: string): void;
  clear(): void;
}

/** A screen over standard output. */
export function screen(interactive = process.stdout.isTTY): Screen {
  let spinner: Ora | undefined;
  let said = '';
  return {
    line(text) {
      spinner?.stop();
      spinner = undefined;
      console.log(text);
    },
    now(text) {
      if (interactive) {
        spinner ??= ora({ discardStdin: false }).start();
        spinner.text = text;
      } else {
        // Without a terminal the elapsed time is left out, so that a line is printed only when something changed.
        const stable = text.replace(/ · [\d.]+ (s|min).*$/, '').trimEnd();
        if (stable !== said) console.log(`  … ${stable}`);
        said = stable;
      }
    },
    clear() {
      spinner?.stop();
      spinner = undefined;
    },
  };
}

const POLL_MS = 400;
const GOING = new Set(['Pending', 'Running']);

/** Waits for a run that is not among the known ones. */
export async function nextRun(
  api: Api,
  known: Set<string>,
  show: Screen,
  signal: AbortSignal,
  pipeline?: string,
): Promise<RunView> {
  const since = Date.now();
  for (;;) {
    const fresh = (await api.runs(20))
      .filter(({ runId, pipeline: of }) => !known.has(runId) && (!pipeline || of === pipeline))
      .at(-1);
    if (fresh) return fresh;
    show.now(`collect   waiting for the landing zone to be quiet · ${elapsed(Date.now() - since)}`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Follows a run to its end, a line for each stage that is over. */
export async function followRun(api: Api, runId: string, show: Screen, signal: AbortSignal): Promise<RunView> {
  const told = new Set<string>();
  let run = await api.run(runId);
  show.line(`Run ${runId}`);
  for (; ; run = await api.run(runId)) {
    for (const stage of run.stages) {
      if (!stage.finishedAt || told.has(stage.name)) continue;
      told.add(stage.name);
      show.line(stageLine(stage));
    }
    if (!GOING.has(run.status) && run.finishedAt) break;
    const active = run.stages.find(({ status }) => status === 'Running');
    if (active?.name === 'review' && run.review && !told.has('review asked')) {
      told.add('review asked');
      for (const line of reviewLines(run.review, api.key)) show.line(line);
    }
    if (active?.startedAt) {
      const waits = run.waitingFor ? `${run.waitingFor} · ` : '· ';
      show.now(`${active.name.padEnd(9)} ${waits}${elapsed(Date.now() - Date.parse(active.startedAt))}`);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  show.clear();
  return run;
}

type Review = NonNullable<RunView['review']>;

/** What is asked of a person, and how to answer. */
function reviewLines({ link, reasons, deadlineAt, onDeadline }: Review, key: string): string[] {
  const decide = `curl -s ${link}/review -H 'x-functions-key: ${key}' -d '{"decision":"approved","comment":"why"}'`;
  return [
    `  ? review    a person must decide until ${deadlineAt}, or the model is ${onDeadline === 'reject' ? 'rejected' : 'approved'}:`,
    ...reasons.map((reason) => `      ${reason}`),
    `    → ${decide}   (or "rejected")`,
  ];
}

function stageLine({ name, status, startedAt, finishedAt, detail }: RunView['stages'][number]): string {
  const took = startedAt && finishedAt ? elapsed(Date.parse(finishedAt) - Date.parse(startedAt)) : '';
  const mark = status === 'Succeeded' ? '✔' : '✖';
  return `  ${mark} ${name.padEnd(9)} ${took.padStart(8)}  ${detail ?? status}`;
}

/** Elapsed time as people read it. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
