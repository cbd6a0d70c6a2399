/** Time as the engine sees it; tests pass their own and move it. */
export interface Clock {
  now(): Date;
  /** Runs a function once when a moment has come; returns what takes the wish back. */
  wake(at: Date, run: () => void): () => void;
}

// setTimeout takes at most 2^31-1 ms (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args).
const LONGEST_DELAY = 2_147_483_647;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  wake(at, run) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = at.getTime() - Date.now();
      timer = left > LONGEST_DELAY ? setTimeout(wait, LONGEST_DELAY) : setTimeout(run, Math.max(0, left));
    };
    wait();
    return () => {
      clearTimeout(timer);
    };
  },
};
