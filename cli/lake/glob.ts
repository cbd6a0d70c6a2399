/** Whether a file name fits a pattern of pipeline.yaml: * is any text, ? any character, all else itself. */
export function fits(name: string, pattern: string): boolean {
  const source = [...pattern].map((char) =>
    char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 'su').test(name);
}
