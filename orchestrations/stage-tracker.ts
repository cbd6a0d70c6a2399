import type { OrchestrationContext } from 'durable-functions';
import type { RunProgress, StageView } from '../shared/run.ts';
import { STAGES, type Stage, type StageStatus } from '../shared/status.ts';

/** Stages that every run passes; `review` is shown only by those that come to it. */
const SHOWN = STAGES.filter((stage) => stage !== 'review');

/** Keeps the timeline of a run and shows it as the orchestration's custom status. */
export interface StageTracker {
  begin(stage: Stage): void;
  end(status: Extract<StageStatus, 'Succeeded' | 'Failed' | 'Cancelled'>, detail?: string): void;
  note(facts: Partial<Pick<RunProgress, 'modelVersion' | 'metrics' | 'gate'>>): void;
  /** Says which sub-orchestration is waited for, so that a reader can ask it what it waits for. */
  waitsFor(child: string): void;
  readonly progress: RunProgress;
}

/** A tracker that takes its times from the orchestration's own clock. */
export function stageTracker(ctx: OrchestrationContext): StageTracker {
  let progress: RunProgress = {
    stage: 'collect',
    stages: SHOWN.map((name): StageView => ({ name, status: 'Pending' })),
  };
  const change = (stage: Stage, view: Partial<StageView>) => {
    const { child: _over, ...rest } = progress;
    const stages = progress.stages.map((shown) => (shown.name === stage ? { ...shown, ...view } : shown));
    progress = { ...rest, stage, stages };
    ctx.df.setCustomStatus(progress);
  };
  const now = () => ctx.df.currentUtcDateTime.toISOString();
  return {
    begin: (stage) => change(stage, { status: 'Running', startedAt: now() }),
    end: (status, detail) =>
      change(progress.stage, { status, finishedAt: now(), ...(detail !== undefined && { detail }) }),
    note(facts) {
      progress = { ...progress, ...facts };
      ctx.df.setCustomStatus(progress);
    },
    waitsFor(child) {
      progress = { ...progress, child };
      ctx.df.setCustomStatus(progress);
    },
    get progress() {
      return progress;
    },
  };
}
