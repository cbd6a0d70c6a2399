/** The last lines that one pod of a job has written. */
export interface PodLines {
  pod: string;
  lines: string[];
}

/** A job's log as it is kept in the lake: its pods one after the other, each under its name. */
export function writeLog(pods: PodLines[]): string {
  return pods.map(({ pod, lines }) => `==> ${pod} <==\n${lines.join('\n')}\n`).join('\n');
}

/** The pods and their lines of a kept log; `job` is its job's name, which the names of its pods begin with. */
export function readLog(text: string, job: string): PodLines[] {
  const pods: PodLines[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const pod = /^==> (\S+) <==$/.exec(line)?.[1];
    if (pod?.startsWith(`${job}-`)) pods.push({ pod, lines: [] });
    else pods.at(-1)?.lines.push(line);
  }
  // A blank line parts two pods.
  for (const { lines } of pods.slice(0, -1)) if (lines.at(-1) === '') lines.pop();
  return pods;
}
