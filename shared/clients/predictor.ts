import http from 'node:http';
import https from 'node:https';
import { readyPod } from '../jobs/ready-pod.ts';
import { revisionState } from '../jobs/revision-state.ts';
import type { Cluster, PodAnswer } from './cluster.ts';

export interface PredictorRequest {
  method: string;
  path: string;
  body?: string;
}

/** The predictors of the serving cluster, one revision at a time. */
export interface Predictor {
  /** Sends a request to a revision of a service; undefined when nothing there can take it now. */
  ask(service: string, revision: string, request: PredictorRequest): Promise<PodAnswer | undefined>;
}

/** Label by which Knative tells the pods of one revision. */
export const REVISION_LABEL = 'serving.knative.dev/revision';

const DEADLINE_MS = 30_000;

/**
 * Reaches a revision through the API server's proxy to one of its pods, which needs neither DNS nor a public gateway; where
 * a gateway is configured, through that, by the host name of the revision's own route.
 */
export function createPredictor(serving: () => Cluster, gateway: string | undefined): Predictor {
  return {
    async ask(service, revision, request) {
      if (gateway === undefined) {
        const pod = readyPod(await serving().pods(`${REVISION_LABEL}=${revision}`));
        return pod && serving().ask(pod.name, pod.port, request);
      }
      const object = await serving().get('InferenceService', service);
      const host = object && revisionState(object).hosts[revision];
      return host === undefined ? undefined : throughGateway(gateway, host, request);
    },
  };
}

/** fetch would not send another Host than the address. */
function throughGateway(gateway: string, host: string, { method, path, body }: PredictorRequest): Promise<PodAnswer> {
  const target = new URL(path, `${gateway}/`);
  const client = target.protocol === 'https:' ? https : http;
  const content =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = client.request(
      target,
      { method, timeout: DEADLINE_MS, headers: { host, ...content } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? 'application/octet-stream',
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error(`${host} did not answer within ${DEADLINE_MS / 1_000} s`)));
    request.on('error', (error) =>
      reject(new Error(`The gateway ${gateway} could not be asked for ${host}: ${error.message}`)),
    );
    request.end(body);
  });
}
