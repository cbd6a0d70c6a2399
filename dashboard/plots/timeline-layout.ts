/** A stage, as far as its bar is concerned. */
export interface TimedStage {
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
}

/** Where a bar lies, as shares of the whole width; absent for a stage that has not begun. */
export interface Bar {
  from: number;
  to: number;
  ms: number;
  /** It goes on: its end is now. */
  open: boolean;
}

/** Bars of a run's stages on one axis of time. */
export interface TimelineLayout {
  bars: (Bar | undefined)[];
  /** Length of the axis. */
  totalMs: number;
  ticks: { at: number; ms: number }[];
}

/** Narrower bars could not be seen. */
const NARROWEST = 0.006;
/** A round axis has about so many marks. */
const MARKS = 5;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

/** Lays out stages from the run's start to its end, or to now while it goes. */
export function layOutTimeline(
  stages: TimedStage[],
  startedAt: string,
  finishedAt: string | undefined,
  now: number,
): TimelineLayout {
  const start = Date.parse(startedAt);
  const ends = stages.map(({ finishedAt: end }) => (end ? Date.parse(end) : 0));
  const end = finishedAt ? Math.max(Date.parse(finishedAt), ...ends) : Math.max(now, start, ...ends);
  const totalMs = Math.max(1, end - start);
  const bars = stages.map((stage) => barOf(stage, start, end, totalMs));
  return { bars, totalMs, ticks: ticksOf(totalMs) };
}

function barOf({ startedAt, finishedAt }: TimedStage, start: number, end: number, totalMs: number): Bar | undefined {
  if (startedAt === undefined) return undefined;
  const began = Date.parse(startedAt);
  const ended = finishedAt === undefined ? Math.max(end, began) : Date.parse(finishedAt);
  const from = clamp((began - start) / totalMs, 1 - NARROWEST);
  const to = Math.max(from + NARROWEST, clamp((ended - start) / totalMs, 1));
  return { from, to, ms: Math.max(0, ended - began), open: finishedAt === undefined };
}

function ticksOf(totalMs: number): TimelineLayout['ticks'] {
  const seconds = totalMs / 1_000;
  const days = Math.ceil(seconds / MARKS / 86_400) * 86_400;
  const step = STEPS_S.find((one) => seconds / one <= MARKS) ?? days;
  const count = Math.floor(seconds / step);
  return Array.from({ length: count + 1 }, (_, mark) => ({ at: (mark * step) / seconds, ms: mark * step * 1_000 }));
}

const clamp = (share: number, highest: number): number => Math.min(highest, Math.max(0, share));
