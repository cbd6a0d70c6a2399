import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { CsvError, parse, type Options } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { CliError } from '../cli-error.ts';

/** The first rows of a CSV file, as text. */
export interface Sample {
  header: string[];
  delimiter: string;
  rows: string[][];
  /** Rows that no pipeline could read: more or fewer cells than the header, or a line break within quotes. */
  ragged: number;
  multiline: number;
  /** Whether the file goes on behind these rows. */
  isPart: boolean;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** What a decoder puts where bytes are no UTF-8. */
const UNREADABLE = '\uFFFD';
const PEEK_BYTES = 64 * 1024;
const PEEK_ROWS = 20;
/** A cell larger than this is no table's; an unclosed quote would swallow the file. */
const RECORD_LIMIT = 1024 * 1024;

/** Reads up to `limit` data rows of a CSV file, whatever its delimiter and line ends; holds no more than these. */
export async function readCsv(file: string, name: string, limit: number): Promise<Sample> {
  const delimiter = findDelimiter(await peek(file, name), name);
  const sample: Sample = { header: [], delimiter, rows: [], ragged: 0, multiline: 0, isPart: false };
  const input = createReadStream(file);
  const parser = input.pipe(parse({ ...options(delimiter), max_record_size: RECORD_LIMIT }));
  input.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (sample.header.length === 0) sample.header = record.map((cell) => cell.trim());
      else if (sample.rows.length + sample.ragged + sample.multiline === limit) {
        sample.isPart = true;
        break;
      } else add(sample, record, name);
    }
  } catch (error) {
    throw asCliError(error, name);
  } finally {
    input.destroy();
  }
  return sample;
}

function add(sample: Sample, record: string[], name: string): void {
  if (record.some((cell) => cell.includes(UNREADABLE))) throw notText(name, 'is text in another encoding than UTF-8');
  if (record.length !== sample.header.length) sample.ragged += 1;
  else if (record.some((cell) => /[\r\n]/.test(cell))) sample.multiline += 1;
  else sample.rows.push(record.map((cell) => cell.trim()));
}

function options(delimiter: string): Options {
  return { delimiter, bom: true, relax_column_count: true, skip_empty_lines: true };
}

async function peek(file: string, name: string): Promise<string> {
  const size = await sizeOf(file, name);
  if (size === 0) throw new CliError(`${name} is empty.`, 'Name a CSV file with a header and rows below it.');
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, PEEK_BYTES)), 0);
    const bytes = buffer.subarray(0, bytesRead);
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (isUtf16) throw notText(name, 'is text in UTF-16, and UTF-8 was expected');
    if (bytes.includes(0)) throw notText(name, 'is no text');
    // Unless the file is read whole, its last character may be cut in two.
    const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
    if (text.includes(UNREADABLE)) throw notText(name, 'is text in another encoding than UTF-8');
    return text;
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string, name: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return found.size;
  const problem = found ? `${name} is no file.` : `There is no file ${name}.`;
  throw new CliError(problem, 'Name a CSV file with --from FILE.');
}

function notText(name: string, problem: string): CliError {
  return new CliError(`${name} ${problem}.`, 'Save it as CSV in UTF-8, unpacked.');
}

/** The sign that cuts the first lines into most columns, in each line as many. */
function findDelimiter(text: string, name: string): string {
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: score(text, delimiter) }));
  const best = scored.reduce((one, other) => (other.score > one.score ? other : one));
  if (best.score > 0) return best.delimiter;
  throw new CliError(
    `${name} has only one column, as far as its first line tells.`,
    'Separate columns by commas, semicolons, tabs or |, and name them in the first line.',
  );
}

/** How many columns a delimiter makes, less where rows differ from the header. */
function score(text: string, delimiter: string): number {
  // What was read may end in mid-quote; the header alone tells something then.
  const [header = [], ...rows] = parseSome(text, delimiter, PEEK_ROWS) ?? parseSome(text, delimiter, 1) ?? [];
  const alike = rows.filter((row) => row.length === header.length).length;
  return header.length > 1 ? header.length * ((alike + 1) / (rows.length + 1)) ** 2 : 0;
}

function parseSome(text: string, delimiter: string, to: number): string[][] | undefined {
  try {
    return parseNow(text, { ...options(delimiter), to, relax_quotes: true });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

function asCliError(error: unknown, name: string): unknown {
  if (error instanceof CsvError) {
    const line = (error as CsvError & { lines?: number }).lines;
    const cure = 'Look for a quote that does not close, or that is not doubled within a quoted value.';
    return new CliError(`${name} is no CSV${line ? ` from line ${line} on` : ''}: ${error.message}.`, cure);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return code ? new CliError(`${name} cannot be read: ${message}.`, 'Check the file and its rights.') : error;
}
