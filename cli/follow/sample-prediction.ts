import { path } from '../connect/api.ts';
import type { GoldenRequests, Run } from '../connect/api-types.ts';
import { ApiError } from '../cli-error.ts';
import { json, oneLine, quote } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import type { Session } from '../session.ts';

const PATIENCE_MS = 20_000;

/** Asks the model that a run set live its first golden request, as anybody would, and tells how to ask again. */
export async function tellPrediction(session: Session, { pipeline, modelVersion = '' }: Run): Promise<void> {
  const { api, show, command } = session;
  const request = await goldenRequest(session, pipeline, modelVersion);
  if (request === undefined) return show.line(`Ask it: ${command(`predict ${quote(pipeline)} --instances '[…]'`)}`);
  const to = path`pipelines/${pipeline}/predict`;
  const { body, headers } = await patiently(session, () => api.answer('POST', to, { body: request }), PATIENCE_MS);
  const version = headers.get('x-model-version') ?? 'unknown';
  show.tellNext({ prediction: { version, request, answer: body } }, () => [
    `\nA prediction, made over HTTP by version ${oneLine(version)}:`,
    `  ${json(request)}`,
    `  ${json(body)}`,
    '\nAsk it yourself:',
    `  ${command(`predict ${quote(pipeline)} --instances ${quote(json(instancesOf(request)))}`)}`,
    `  ${curl(session, to, json(request))}`,
  ]);
}

/** A request that the model answered before it went live; none of an app that does not show them yet. */
async function goldenRequest({ api }: Session, pipeline: string, version: string) {
  try {
    return (await api.get<GoldenRequests>(path`models/${pipeline}/${version}/documents/golden`)).requests[0];
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** What --instances takes of a V1 request. */
function instancesOf(request: unknown): unknown {
  return (request as { instances?: unknown } | null)?.instances ?? request;
}

/** The same for those who have no command line. The key is shown only where it is no secret: on this machine. */
function curl({ address, api }: Session, to: string, body: string): string {
  const key = address.local ? address.key : '$LANDFALL_KEY';
  return `curl -s ${quote(`${api.url}/api/${to}`)} -H "x-functions-key: ${key}" -d ${quote(body)}`;
}
