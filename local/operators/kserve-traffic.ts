/** Where a share of a service's requests goes. */
export interface TrafficTarget {
  revisionName: string;
  percent: number;
  latestRevision: boolean;
  tag?: string;
  url?: string;
}

/** What KServe knows of a service's revisions. */
export interface Revisions {
  latestCreatedRevision?: string;
  latestReadyRevision?: string;
  latestRolledoutRevision?: string;
  previousRolledoutRevision?: string;
}

/**
 * Shares the traffic out as KServe's ksvc_reconciler asks and Knative does: all of it to the latest ready revision, or
 * with a canary that share, and the rest to the revision last rolled out. A first deployment knows no canary.
 */
export function shareTraffic(revisions: Revisions, canary: number | undefined, hasTags: boolean): TrafficTarget[] {
  const { latestReadyRevision: ready, latestRolledoutRevision: rolledOut } = revisions;
  if (!ready) return [];
  const isCanary = canary !== undefined && rolledOut !== undefined;
  const latest = { revisionName: ready, latestRevision: true, ...(hasTags && { tag: 'latest' }) };
  if (!isCanary || canary === 100) return [{ ...latest, percent: 100 }];
  const rest = { revisionName: rolledOut, percent: 100 - canary, latestRevision: false, tag: 'prev' };
  return [{ ...latest, percent: canary }, rest];
}

/**
 * Notes what has been rolled out: the latest ready revision once it has all of the traffic. A split of a rolled out
 * revision with itself means that it is to be rolled back to the one before (inference_service_status.go).
 */
export function noteRollout(revisions: Revisions, traffic: TrafficTarget[]): Revisions {
  const { latestCreatedRevision, latestReadyRevision: ready } = revisions;
  const { latestRolledoutRevision: rolledOut, previousRolledoutRevision: previous } = revisions;
  const latest = traffic.find(({ latestRevision }) => latestRevision);
  if (!latest || !ready) return revisions;
  if (rolledOut !== ready) {
    if (latest.percent < 100) return revisions;
    return { ...revisions, latestRolledoutRevision: ready, ...(rolledOut && { previousRolledoutRevision: rolledOut }) };
  }
  const own = traffic.filter(({ revisionName }) => revisionName === ready).reduce((sum, one) => sum + one.percent, 0);
  const isRollback = ready === latestCreatedRevision && latest.percent < 100 && own === 100 && previous;
  return isRollback ? { ...revisions, latestRolledoutRevision: previous } : revisions;
}
