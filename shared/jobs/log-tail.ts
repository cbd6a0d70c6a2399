/** How much of a log is kept. */
export interface TailLimits {
  lines: number;
  bytes: number;
  /** Of a line that is longer, the beginning is kept. */
  lineBytes: number;
}

/** The end of a log. */
export interface LogTail {
  lines: string[];
  /** Whether the log has more than these lines. */
  isShortened: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads a log that may be as long as it likes, and keeps its newest lines. A carriage return ends a line too: a progress
 * bar draws itself anew over and over and may never end its one line.
 */
export async function readTail(log: AsyncIterable<Uint8Array>, limits: TailLimits): Promise<LogTail> {
  const kept: string[] = [];
  let bytes = 0;
  let isShortened = false;
  let line = Buffer.alloc(0);
  let left = 0;
  let afterReturn = false;

  const take = (part: Buffer) => {
    const room = limits.lineBytes - line.length;
    // A copy: a part of a chunk would hold on to all of it.
    line = Buffer.concat([line, part.subarray(0, room)]);
    left += Math.max(part.length - room, 0);
  };
  const end = () => {
    const text = line.toString('utf8') + (left > 0 ? ` … ${left} bytes more` : '');
    kept.push(text);
    bytes += text.length;
    while (kept.length > limits.lines || bytes > limits.bytes) {
      bytes -= kept.shift()?.length ?? 0;
      isShortened = true;
    }
    line = Buffer.alloc(0);
    left = 0;
  };

  for await (const chunk of log) {
    const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = 0; at < data.length; at++) {
      const byte = data[at];
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
      take(data.subarray(from, at));
      from = at + 1;
      // Neither \r\n nor a bar that begins with \r makes an empty line.
      const isEmpty = line.length === 0 && (byte === CARRIAGE_RETURN || afterReturn);
      if (!isEmpty) end();
      afterReturn = byte === CARRIAGE_RETURN;
    }
    take(data.subarray(from));
  }
  if (line.length > 0) end();
  while (kept.at(-1)?.trim() === '') kept.pop();
  return { lines: kept, isShortened };
}
