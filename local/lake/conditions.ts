import { header, type Call } from './call.ts';
import { LakeError } from './lake-error.ts';
import type { Entry } from './store.ts';

/**
 * Refuses a call whose conditions (If-Match and its kin) do not hold for what is there. As the call has the path to
 * itself, they still hold when it acts.
 */
export function checkConditions(found: Entry | undefined, { request }: Call, of: '' | 'x-ms-source-' = ''): void {
  const names = (name: string) => {
    const wanted = header(request, of + name)?.replaceAll('"', '');
    const etag = found?.properties.etag?.replaceAll('"', '');
    return wanted === undefined ? undefined : etag !== undefined && (wanted === '*' || wanted === etag);
  };
  const changedSince = (name: string) => {
    const since = header(request, of + name);
    return since === undefined ? undefined : (found?.properties.lastModified?.getTime() ?? 0) > Date.parse(since);
  };
  const holds =
    names('if-match') !== false &&
    names('if-none-match') !== true &&
    changedSince('if-modified-since') !== false &&
    changedSince('if-unmodified-since') !== true;
  if (holds) return;
  const code = of ? 'SourceConditionNotMet' : 'ConditionNotMet';
  throw new LakeError(412, code, 'The condition specified using HTTP conditional header(s) is not met.');
}

/** The lease that a call holds, in the form that the blob client takes; refuses a call that needs one. */
export function leaseOf(found: Entry | undefined, { request }: Call, name = 'x-ms-lease-id'): { leaseId?: string } {
  const leaseId = header(request, name);
  if (leaseId) return { leaseId };
  if (found?.properties.leaseState !== 'leased') return {};
  throw new LakeError(
    412,
    'LeaseIdMissing',
    'There is currently a lease on the resource and no lease ID was specified in the request.',
  );
}
