import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { runPaths } from '../../../shared/names.ts';
import type { Edge } from '../../edge.ts';
import { requireRun } from '../require.ts';
import { query } from '../http-problem.ts';
import { quarantineQuery } from '../schemas/request-schemas.ts';

/** Most bytes that are read of a file with rows: what a person looks at. */
const READ_LIMIT = 1_000_000;

/** Shows rows that a run has set aside, each with what is wrong with it: the first ones, and where all of them are. */
export async function getQuarantine(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { pipeline, batchId } = await requireRun(edge, request.params.runId);
  const { top } = query(request, quarantineQuery);
  const path = runPaths(pipeline, batchId).quarantine;
  const written = await edge.clients.lake.list(path);
  const files = written.filter(({ path: file, size }) => size > 0 && !/\/[._][^/]*$/.test(file));
  const rows: object[] = [];
  for (const file of files) {
    if (rows.length >= top) break;
    const content = await edge.clients.lake.read(file.path, READ_LIMIT);
    rows.push(...rowsOf(content?.toString('utf8') ?? '', file.size > READ_LIMIT).slice(0, top - rows.length));
  }
  return { jsonBody: { path, rows, files: files.map(({ path, size }) => ({ path, size })) } };
}

/** JSON lines as objects; of a file that was read in part the last line is left out. */
function rowsOf(text: string, isCut: boolean): object[] {
  const lines = text.split('\n');
  return (isCut ? lines.slice(0, -1) : lines).filter((line) => line.trim() !== '').map(rowOf);
}

function rowOf(line: string): object {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null ? row : { row };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { row: line, problem: 'This line is no JSON.' };
  }
}
