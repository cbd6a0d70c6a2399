import type { Run } from '../connect/api-types.ts';
import { CliError } from '../cli-error.ts';
import { tellEnd } from './follow-run.ts';
import { createRunStory, type RunStory } from '../format/run-story.ts';
import { oneLine } from '../format/text.ts';
import { isOver } from './run-status.ts';
import type { Session } from '../session.ts';

/** Many runs that are told at once. */
export interface RunWatch {
  /** Takes a run that was there before: what it has done so far is left out. */
  begin(run: Run): void;
  /** Tells what is new in a run. */
  look(run: Run): Promise<void>;
  /** Ids of the runs that are under way. */
  going(): string[];
}

interface Watched {
  story: RunStory;
  seen: string;
}

/** A watch over runs; where several go on at once, it says whose the next lines are. */
export function createRunWatch(session: Session): RunWatch {
  const { show, command } = session;
  const going = new Map<string, Watched>();
  const over = new Set<string>();
  let teller: string | undefined;

  const tell = (run: Run, { story }: Watched) => {
    const lines = story.next(run);
    const isOther = lines.length > 0 && teller !== run.runId && !lines[0]?.startsWith('Run ');
    if (lines.length > 0) teller = run.runId;
    show.tellNext(run, () => (isOther ? [`Run ${oneLine(run.runId)}`, ...lines] : lines));
  };
  return {
    begin(run) {
      if (isOver(run)) return void over.add(run.runId);
      const story = createRunStory(command);
      story.skip(run);
      going.set(run.runId, { story, seen: JSON.stringify(run) });
      show.tellNext(run, () => [`Run ${oneLine(run.runId)} is under way, at ${oneLine(run.stage ?? 'its start')}`]);
    },
    async look(run) {
      if (over.has(run.runId)) return;
      const watched = going.get(run.runId) ?? { story: createRunStory(command), seen: '' };
      going.set(run.runId, watched);
      const state = JSON.stringify(run);
      if (state !== watched.seen) tell(run, watched);
      watched.seen = state;
      if (!isOver(run)) return;
      going.delete(run.runId);
      over.add(run.runId);
      teller = undefined;
      await calmly(session, () => tellEnd(session, run));
    },
    going: () => [...going.keys()],
  };
}

/** What goes wrong with the end of one run keeps nobody from following the next. */
async function calmly({ show }: Session, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    show.line(`✖ ${error.message}`);
    show.line(`  → ${error.cure}`);
  }
}
