import type { OrchestrationContext } from 'durable-functions';
import type { RunProgress, StageJob, StageView } from '../shared/run.ts';
import { STAGES, type Stage, type StageStatus } from '../shared/status.ts';

/** Stages that every run passes; `review` is shown only by those that come to it. */
const SHOWN = STAGES.filter((stage) => stage !== 'review');

/** Keeps the timeline of a run and shows it as the orchestration's custom status. */
export interface StageTracker {
  begin(stage: Stage): void;
  end(status: Extract<StageStatus, 'Succeeded' | 'Failed' | 'Cancelled'>, detail?: string): void;
  /** Says where the cluster has the current stage's job. */
  hasJob(job: StageJob): void;
  /** Says which run the current stage's outcome was taken over from. */
  takesOver(from: string): void;
  /** Stages that will not come are not shown any more. */
  stop(): void;
  note(facts: Partial<Pick<RunProgress, 'modelVersion' | 'metrics' | 'gate' | 'review'>>): void;
  /** Says which sub-orchestration is waited for, so that a reader can ask it what it waits for. */
  waitsFor(child: string): void;
  /** Says what is waited for where no sub-orchestration does. */
  waitsUntil(what: string): void;
  readonly progress: RunProgress;
}

/** A tracker that takes its times from the orchestration's own clock. */
export function stageTracker(ctx: OrchestrationContext): StageTracker {
  let progress: RunProgress = {
    stage: 'collect',
    stages: SHOWN.map((name): StageView => ({ name, status: 'Pending' })),
  };
  const change = (stage: Stage, view: Partial<StageView>) => {
    const { child: _over, waitingFor: _come, ...rest } = progress;
    const stages = progress.stages.map((shown) => (shown.name === stage ? { ...shown, ...view } : shown));
    progress = { ...rest, stage, stages };
    ctx.df.setCustomStatus(progress);
  };
  /** A stage that is begun again loses what it said before; one that is not always shown gets its place. */
  const fresh = (stage: Stage) => {
    const others = progress.stages.filter(({ name }) => name !== stage);
    const stages: StageView[] = [...others, { name: stage, status: 'Pending' }];
    progress = { ...progress, stages: stages.sort((a, b) => STAGES.indexOf(a.name) - STAGES.indexOf(b.name)) };
  };
  const now = () => ctx.df.currentUtcDateTime.toISOString();
  return {
    begin(stage) {
      fresh(stage);
      change(stage, { status: 'Running', startedAt: now() });
    },
    end: (status, detail) =>
      change(progress.stage, { status, finishedAt: now(), ...(detail !== undefined && { detail }) }),
    hasJob: (job) => change(progress.stage, { job }),
    takesOver: (reusedFrom) => change(progress.stage, { reusedFrom }),
    stop() {
      progress = { ...progress, stages: progress.stages.filter(({ status }) => status !== 'Pending') };
      ctx.df.setCustomStatus(progress);
    },
    note(facts) {
      progress = { ...progress, ...facts };
      ctx.df.setCustomStatus(progress);
    },
    waitsFor(child) {
      const { waitingFor: _come, ...rest } = progress;
      progress = { ...rest, child };
      ctx.df.setCustomStatus(progress);
    },
    waitsUntil(waitingFor) {
      progress = { ...progress, waitingFor };
      ctx.df.setCustomStatus(progress);
    },
    get progress() {
      return progress;
    },
  };
}
