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
          traffic: z
            .array(
              z.looseObject({
                revisionName: z.string().optional(),
                latestRevision: z.boolean().optional(),
                percent: z.number().nullish(),
                tag: z.string().optional(),
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
  failure?: string;
  url?: string;
}

/** Revisions and traffic of an InferenceService; its own Ready condition lags and is not asked. */
export function revisionState(object: ClusterObject): RevisionState {
  const { components, modelStatus, url } = statusSchema.parse(object.status ?? {});
  const predictor = components?.predictor;
  const traffic: Record<string, number> = {};
  for (const { revisionName, latestRevision, percent } of predictor?.traffic ?? []) {
    const name = revisionName ?? (latestRevision ? predictor?.latestReadyRevision : undefined);
    if (name) traffic[name] = (traffic[name] ?? 0) + (percent ?? 0);
  }
  const failed =
    modelStatus?.transitionStatus === 'BlockedByFailedLoad' || modelStatus?.transitionStatus === 'InvalidSpec';
  const failure = failed ? (modelStatus.lastFailureInfo?.message ?? modelStatus.transitionStatus) : undefined;
  return {
    ...(predictor?.latestCreatedRevision && { created: predictor.latestCreatedRevision }),
    ...(predictor?.latestReadyRevision && { ready: predictor.latestReadyRevision }),
    traffic,
    ...(failure && { failure }),
    ...(url && { url }),
  };
}

/** The revision that has most of the traffic. */
export function busiestRevision({ traffic }: RevisionState): string | undefined {
  return Object.entries(traffic).sort(([, a], [, b]) => b - a)[0]?.[0];
}
