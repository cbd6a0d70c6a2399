import { nextTick, type Schedule } from '../schedule.ts';

/** How a source stands, as the HTTP API shows it. */
export const SOURCE_STATUSES = ['NeverChecked', 'NotConfigured', 'Running', 'Unchanged', 'Changed', 'Failed'] as const;
export type SourceStatus = (typeof SOURCE_STATUSES)[number];

/** Why nothing could be collected, and what to do. */
export interface SourceError {
  reason: string;
  message: string;
  hint: string;
}

/** What was seen of a source's content: by what an address answered, or up to which file a container was read. */
export interface Seen {
  /** SHA-256 of the address that the rest is about: what was seen of another says nothing. */
  address?: string;
  /** The address itself, in rows of older releases alone. */
  url?: string;
  eTag?: string;
  lastModified?: string;
  /** SHA-256 of the content, hex. */
  contentHash?: string;
  /** How often new content has come. */
  sequence?: number;
  watermark?: Watermark;
}

/** The last file of a container that was taken, in order of time and then of name. */
export interface Watermark {
  modifiedAt: string;
  name: string;
}

/** What is kept of a source, in table Sources. Times are ISO 8601. */
export interface SourceState {
  name: string;
  status: Exclude<SourceStatus, 'NotConfigured'>;
  /** When it was first met: what its schedule missed before does not count. */
  since: string;
  lastCheckedAt?: string;
  lastChangedAt?: string;
  error?: SourceError;
  /** Failures since the last success. */
  failures: number;
  /** When to look again whatever the schedule says. */
  retryAt?: string;
  seen?: Seen;
  /** What could not be taken though the rest was, newest first. */
  warnings?: SourceWarning[];
  /** The job of its script, where the last look has submitted one: its log is found by it. */
  job?: { runId: string; attempt: number };
}

/** Why something could not be taken, and when that was seen last. */
export interface SourceWarning extends SourceError {
  at: string;
}

/** What came of looking at a source once. */
export type Outcome = {
  /** What is to be remembered; absent where nothing new is known. */
  seen?: Seen;
  /** There is more, which has to wait for the next time. */
  isPartial?: boolean;
  /** What could not be taken though the rest was. */
  warnings?: SourceError[];
} & (
  | { status: 'Unchanged' }
  | { status: 'Changed'; files: string[] }
  /** Some files may have landed before the failure. */
  | { status: 'Failed'; error: SourceError; files?: string[]; retryAfterMs?: number }
);

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** A server that wants to be left alone for longer is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;
/** What is left over is fetched the next time that the timer looks. */
const PARTIAL_PAUSE_MS = 30_000;

const WARNINGS_LIMIT = 10;
/** A warning that did not come again is kept for so long. */
const WARNING_MS = 7 * 24 * 3_600_000;

/** A source that was never looked at. */
export function newState(name: string, now: Date): SourceState {
  return { name, status: 'NeverChecked', since: now.toISOString(), failures: 0 };
}

/** Whether a source is to be looked at now; what its schedule missed meanwhile is made up for once. */
export function isDue(schedule: Schedule | undefined, state: SourceState, now: Date): boolean {
  if (state.retryAt !== undefined) return Date.parse(state.retryAt) <= now.getTime();
  const next = schedule && nextTick(schedule, new Date(state.lastCheckedAt ?? state.since));
  return next !== undefined && next.getTime() <= now.getTime();
}

/** Pause after so many failures in a row, in milliseconds: doubled each time, up to a limit. */
export function backOff(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE_MS);
}

/** A source that is being looked at. */
export function begun({ retryAt: _, job: __, ...state }: SourceState, at: string): SourceState {
  return { ...state, status: 'Running', lastCheckedAt: at };
}

/** A source after it was looked at. One without a schedule is not tried again by itself. */
export function concluded(before: SourceState, outcome: Outcome, at: string, hasSchedule: boolean): SourceState {
  const { error: _error, retryAt: _retryAt, warnings: known = [], ...rest } = before;
  const warnings = merged(known, outcome.warnings ?? [], at);
  const failures = outcome.status === 'Failed' ? before.failures + 1 : 0;
  const landed = outcome.status !== 'Unchanged' && (outcome.files ?? []).length > 0;
  const pause = pauseAfter(outcome, failures, hasSchedule);
  return {
    ...rest,
    status: outcome.status,
    failures,
    ...(outcome.seen && { seen: outcome.seen }),
    ...(warnings.length > 0 && { warnings }),
    ...(landed && { lastChangedAt: at }),
    ...(outcome.status === 'Failed' && { error: outcome.error }),
    ...(pause !== undefined && { retryAt: new Date(Date.parse(at) + pause).toISOString() }),
  };
}

function merged(known: SourceWarning[], found: SourceError[], at: string): SourceWarning[] {
  const fresh = found.map((warning) => ({ ...warning, at }));
  const oldest = new Date(Date.parse(at) - WARNING_MS).toISOString();
  const others = known.filter((old) => old.at > oldest && !found.some(({ message }) => message === old.message));
  return [...fresh, ...others].slice(0, WARNINGS_LIMIT);
}

function pauseAfter(outcome: Outcome, failures: number, hasSchedule: boolean): number | undefined {
  if (outcome.status !== 'Failed') return outcome.isPartial ? PARTIAL_PAUSE_MS : undefined;
  if (!hasSchedule) return undefined;
  return Math.max(backOff(failures), Math.min(outcome.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}
