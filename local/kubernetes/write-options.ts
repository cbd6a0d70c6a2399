import { cause, invalidOptions, type Cause } from './status-error.ts';

/** How a write is meant, from the query. */
export interface WriteOptions {
  dryRun: boolean;
  manager: string;
  fieldValidation: string;
  force: boolean;
  /** Sent to the client in Warning headers. */
  warnings: string[];
}

const MANAGER_LIMIT = 128;

/** Reads the options of a write, or refuses them as the real server does. */
export function writeOptions(
  kind: string,
  query: URLSearchParams,
  userAgent = 'unknown',
  isApply = false,
): WriteOptions {
  const dryRun = query.getAll('dryRun').filter(Boolean);
  const fieldValidation = query.get('fieldValidation') ?? '';
  const manager = query.get('fieldManager') ?? '';
  const force = query.get('force');
  const causes: Cause[] = [];
  if (isApply && !manager) causes.push(cause.required('fieldManager', 'is required for apply patch'));
  if (!isApply && force !== null) causes.push(cause.forbidden('force', 'may not be specified for non-apply patch'));
  if (Buffer.byteLength(manager) > MANAGER_LIMIT) causes.push(cause.tooLong('fieldManager', MANAGER_LIMIT));
  if (dryRun.some((value) => value !== 'All')) causes.push(cause.notSupported('dryRun', dryRun, ['All']));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation))
    causes.push(cause.notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  if (causes.length) throw invalidOptions(kind, ...causes);
  return {
    dryRun: dryRun.length > 0,
    manager: manager || userAgent.split('/')[0]?.slice(0, MANAGER_LIMIT) || 'unknown',
    fieldValidation: fieldValidation || 'Warn',
    force: force === 'true',
    warnings: [],
  };
}

/** How a delete is meant, from the query and the body. */
export interface DeleteOptions {
  propagationPolicy?: string;
  orphanDependents?: boolean;
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

export function deleteOptions(query: URLSearchParams, body: DeleteOptions): DeleteOptions {
  const options = { ...body };
  const [policy, orphan, grace] = [
    query.get('propagationPolicy'),
    query.get('orphanDependents'),
    query.get('gracePeriodSeconds'),
  ];
  if (policy) options.propagationPolicy = policy;
  if (orphan) options.orphanDependents = orphan === 'true';
  if (grace) options.gracePeriodSeconds = Number(grace);
  if (query.has('dryRun')) options.dryRun = query.getAll('dryRun');
  const { propagationPolicy, orphanDependents } = options;
  if (propagationPolicy && orphanDependents !== undefined) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    throw invalidOptions('DeleteOptions', cause.invalid('propagationPolicy', propagationPolicy, why));
  }
  if (propagationPolicy && !POLICIES.includes(propagationPolicy))
    throw invalidOptions(
      'DeleteOptions',
      cause.notSupported('propagationPolicy', propagationPolicy, [...POLICIES, 'nil']),
    );
  if (orphanDependents !== undefined) options.propagationPolicy = orphanDependents ? 'Orphan' : 'Background';
  return options;
}
