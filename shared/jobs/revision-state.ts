import { z } from 'zod';
import type { ClusterObject } from '../manifests/kinds.ts';

const statusSchema = z.looseObject({
  url: z.string().optional(),
  conditions: z
    .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().optional() }))
    .default([]),
  components: z
    .looseObject({
      predictor: z
        .looseObject({
          latestCreatedRevision: z.string().optional(),
          latestReadyRevision: z.string().optional(),
          latestRolledoutRevision: z.string().optional(),
          url: z.string().optional(),
          traffic: z
            .array(
              z.looseObject({
                revisionName: z.string().optional(),
                latestRevision: z.boolean().optional(),
                percent: z.number().nullish(),
                tag: z.string().optional(),
                url: z.string().optional(),
              }),
            )
            .default([]),
        })
        .optional(),
    })
    .optional(),
  modelStatus: z
    .looseObject({
      transitionStatus: z.string().optional(),
      lastFailureInfo: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    })
    .optional(),
});

/** What an InferenceService in Knative mode says of its revisions. */
export interface RevisionState {
  created?: string;
  ready?: string;
  /** Share of the traffic by revision name; percent. */
  traffic: Record<string, number>;
  /** Host name of each revision that has a route of its own, by a tag or by having all of the traffic. */
  hosts: Record<string, string>;
  failure?: string;
  url?: string;
}

/** Revisions and traffic of an InferenceService; its own Ready condition lags and is not asked. */
export function revisionState(object: ClusterObject): RevisionState {
  const { components, modelStatus, url } = statusSchema.parse(object.status ?? {});
  const predictor = components?.predictor;
  const traffic: Record<string, number> = {};
  const hosts: Record<string, string> = {};
  for (const { revisionName, latestRevision, percent, url: tagged } of predictor?.traffic ?? []) {
    const name = revisionName ?? (latestRevision ? predictor?.latestReadyRevision : undefined);
    if (!name) continue;
    traffic[name] = (traffic[name] ?? 0) + (percent ?? 0);
    const route = tagged ?? (percent === 100 ? predictor?.url : undefined);
    if (route !== undefined) hosts[name] = new URL(route).host;
  }
  const failed =
    modelStatus?.transitionStatus === 'BlockedByFailedLoad' || modelStatus?.transitionStatus === 'InvalidSpec';
  const failure = failed ? (modelStatus.lastFailureInfo?.message ?? modelStatus.transitionStatus) : undefined;
  return {
    ...(predictor?.latestCreatedRevision && { created: predictor.latestCreatedRevision }),
    ...(predictor?.latestReadyRevision && { ready: predictor.latestReadyRevision }),
    traffic,
    hosts,
    ...(failure && { failure }),
    ...(url && { url }),
  };
}

/** The revision that has most of the traffic. */
export function busiestRevision({ traffic }: RevisionState): string | undefined {
  return Object.entries(traffic).sort(([, a], [, b]) => b - a)[0]?.[0];
}
