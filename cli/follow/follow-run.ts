import { path } from '../connect/api.ts';
import type { Run } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { isOver } from './run-status.ts';
import { endLines, nowLine, serves } from '../format/run.ts';
import { createRunStory } from '../format/run-story.ts';
import { patiently } from '../connect/patience.ts';
import { tellPrediction } from './sample-prediction.ts';
import type { Session } from '../session.ts';

/** How a run is followed. */
export interface FollowOptions {
  /** End where a person is asked, instead of waiting for their word. */
  untilReview?: boolean;
}

/** Follows a run to its end, and one that set a model live to a prediction; answers the exit code. */
export async function followRun(session: Session, runId: string, options: FollowOptions = {}): Promise<number> {
  const { api, show, command, pause, now } = session;
  const story = createRunStory(command);
  for (let seen = ''; ;) {
    const run = await patiently(session, () => api.get<Run>(path`runs/${runId}`));
    const state = JSON.stringify(run);
    if (state !== seen) show.tellNext(run, () => story.next(run));
    seen = state;
    if (isOver(run)) return tellEnd(session, run);
    if (options.untilReview && run.review?.status === 'Waiting') return EXIT.failed;
    const doing = nowLine(run, now());
    if (doing) show.now(doing);
    await pause();
  }
}

/** Prints how a run ended, and for one that set its model live a prediction; answers the exit code. */
export async function tellEnd(session: Session, run: Run): Promise<number> {
  const { show, command } = session;
  for (const line of endLines(run, command)) show.line(line);
  if (run.status !== 'Succeeded') return EXIT.failed;
  if (serves(run)) await tellPrediction(session, run);
  return EXIT.good;
}
