/**
 * The part of a Durable error that a person wrote. What reaches an orchestration is
 * `Activity function 'x' failed:  MESSAGE \n {two kilobytes of serialised .NET exception}`, sometimes nested.
 */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const first = text.split(/\r?\n\s*\{/)[0] ?? text;
  const result = /Result: Failure\s*\nException: ([\s\S]*?)\s*\nStack:/.exec(first)?.[1] ?? first;
  return result
    .replace(/^((Activity|Orchestrator) function '[^']*' failed:\s*)+/, '')
    .replace(/^(\w*Error: )+/, '')
    .trim();
}
