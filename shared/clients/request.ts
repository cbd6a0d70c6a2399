import http from 'node:http';
import https from 'node:https';

/** An answer with its body as text. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** Where a request goes, and what of it fetch could not send: a Host of its own, or the certificates of a kubeconfig. */
export interface Request {
  target: URL;
  options: https.RequestOptions;
  body?: string | undefined;
}

/** Sends a request, over TLS or not as its address says; the body of a POST is JSON. Answers once the headers are there. */
export function open({ target, options, body }: Request): Promise<http.IncomingMessage> {
  const client = target.protocol === 'https:' ? https : http;
  const content =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const headers = { ...(options.headers as http.OutgoingHttpHeaders | undefined), ...content };
    const request = client.request(target, { ...options, headers }, resolve);
    request.on('timeout', () => request.destroy(new Error('it stopped in the middle')));
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends a request and reads its whole answer. */
export async function exchange(request: Request): Promise<Answer> {
  const response = await open(request);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? 'application/octet-stream',
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
