import type { Run } from '../connect/api-types.ts';
import { reviewHint, stageLine } from './run.ts';
import { oneLine } from './text.ts';

/** A run as it is told: each thing once, when it has come. */
export interface RunStory {
  /** What is new in a run since it was last seen. */
  next(run: Run): string[];
  /** Takes all that a run has come to so far as told. */
  skip(run: Run): void;
}

/** The story of one run. */
export function createRunStory(command: (text: string) => string): RunStory {
  const told = new Set<string>();
  const news = (name: string, lines: () => string[]): string[] => {
    if (told.has(name)) return [];
    told.add(name);
    return lines();
  };
  const next = (run: Run): string[] => [
    ...news('run', () => [`Run ${oneLine(run.runId)}`]),
    ...run.stages
      .filter(({ finishedAt }) => finishedAt !== undefined)
      .flatMap((stage) => news(`stage ${stage.name}`, () => [stageLine(stage)])),
    ...(run.review?.status === 'Waiting' ? news('review', () => reviewHint(run, command)) : []),
  ];
  return { next, skip: (run) => void next(run) };
}
