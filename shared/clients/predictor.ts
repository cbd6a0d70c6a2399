import { within } from '../deadline.ts';
import { readyPod } from '../jobs/ready-pod.ts';
import { revisionState } from '../jobs/revision-state.ts';
import type { Cluster } from './cluster.ts';
import { exchange, type Answer } from './request.ts';

export interface PredictorRequest {
  method: string;
  path: string;
  body?: string;
}

/** The predictors of the serving cluster, one revision at a time. */
export interface Predictor {
  /** Sends a request to a revision of a service; undefined when nothing there can take it now. */
  ask(service: string, revision: string, request: PredictorRequest): Promise<Answer | undefined>;
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

async function throughGateway(
  gateway: string,
  host: string,
  { method, path, body }: PredictorRequest,
): Promise<Answer> {
  const target = new URL(path, `${gateway}/`);
  try {
    return await within(DEADLINE_MS, (signal) =>
      exchange({ target, options: { method, headers: { host }, signal }, body }),
    );
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`The gateway ${gateway} could not be asked for ${host}: ${said}`, { cause: error });
  }
}
