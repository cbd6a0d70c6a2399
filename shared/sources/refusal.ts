import type { SourceError } from './source-state.ts';

/** Why a source could not be collected, foreseen: what was expected, what came, what to do. */
export class SourceRefusal extends Error {
  readonly reason: string;
  readonly hint: string;
  /** How long the source asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, message: string, hint: string, retryAfterMs?: number) {
    super(message);
    this.reason = reason;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
  }

  /** Errors of clients carry on what they find here. */
  get code(): string {
    return this.reason;
  }

  /** The same as it is kept and shown. */
  get error(): SourceError {
    return { reason: this.reason, message: this.message, hint: this.hint };
  }
}
