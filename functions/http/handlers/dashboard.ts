import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { sha256 } from '../../../shared/sha256.ts';
import { answering, HttpProblem } from '../http-problem.ts';

/** How the page is registered: beside the table of routes, since it is no part of the API. Its data want a key; it wants none. */
export const DASHBOARD = {
  name: 'dashboard',
  route: 'dashboard/{*path}',
  methods: ['GET'],
  authLevel: 'anonymous',
} as const;

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** Nothing but the page's own files; no string becomes markup or script (https://www.w3.org/TR/trusted-types/). */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const SECURITY = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Serves the built page out of a folder. */
export function createDashboard(folder: string) {
  return async (request: Pick<HttpRequest, 'params' | 'headers'>, log: Pick<InvocationContext, 'error'>) => {
    const response = await answering(() => answer(folder, request), log);
    return { ...response, headers: { ...SECURITY, ...(response.headers as Record<string, string>) } };
  };
}

async function answer(
  folder: string,
  { params, headers }: Pick<HttpRequest, 'params' | 'headers'>,
): Promise<HttpResponseInit> {
  const wanted = params.path || 'index.html';
  // A name is looked up among those that are there, so that no path leads out of the folder.
  const names = await filesOf(folder);
  if (!names.includes(wanted)) throw absent(wanted, names);
  const content = await readFile(join(folder, wanted));
  const cached = {
    etag: `W/"${sha256(content).slice(0, 32)}"`,
    'cache-control': wanted.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  };
  if (matches(headers.get('if-none-match'), cached.etag)) return { status: 304, headers: cached };
  const typed = { ...cached, 'content-type': TYPES[extname(wanted)] ?? 'application/octet-stream' };
  if (!/\bgzip\b/.test(headers.get('accept-encoding') ?? '')) return { status: 200, headers: typed, body: content };
  return { status: 200, headers: { ...typed, 'content-encoding': 'gzip' }, body: await promisify(gzip)(content) };
}

function absent(wanted: string, names: string[]): HttpProblem {
  if (names.includes('index.html')) {
    return new HttpProblem(404, `The page has no file ${wanted}.`, 'Open /api/dashboard.');
  }
  return new HttpProblem(
    503,
    'The page is not built.',
    'Build it, then reload: npm run build. The API works without it.',
  );
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return files.map((file) => relative(folder, file).split(sep).join('/'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether what a browser has is what it would get (https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match). */
function matches(header: string | null, etag: string): boolean {
  const weak = (tag: string) => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || weak(tag) === weak(etag)) ?? false;
}
