/** What a command's exit code says. */
export const EXIT = { good: 0, failed: 1, usage: 2, refused: 3, interrupted: 130 } as const;

/** An error that ends with what cures it. */
export class CliError extends Error {
  readonly cure: string;
  readonly exitCode: number;

  constructor(message: string, cure: string, exitCode: number = EXIT.usage) {
    super(message);
    this.cure = cure;
    this.exitCode = exitCode;
  }
}

/** What the app, or the way to it, has against a request. */
export class ApiError extends CliError {
  /** The status that was answered; absent where nothing came. */
  readonly status: number | undefined;
  /** Whether the same request may pass later without anybody doing anything. */
  readonly isTransient: boolean;
  /** Whether the app itself said so, with problem details. */
  readonly isProblem: boolean;

  constructor(
    message: string,
    cure: string,
    kind: { status?: number; isTransient?: boolean; isProblem?: boolean; exitCode?: number } = {},
  ) {
    super(message, cure, kind.exitCode ?? EXIT.refused);
    this.status = kind.status;
    this.isTransient = kind.isTransient ?? false;
    this.isProblem = kind.isProblem ?? false;
  }
}
