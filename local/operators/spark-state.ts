import { kubeTime, type KubeObject } from './kube-object.ts';
import { SUBMISSION } from './spark-driver.ts';

export interface SparkStatus {
  applicationState: { state: string; errorMessage?: string };
  driverInfo: { podName?: string };
  submissionID?: string;
  sparkApplicationId?: string;
  submissionAttempts?: number;
  executionAttempts?: number;
  lastSubmissionAttemptTime: string | null;
  terminationTime: string | null;
}

/** What is to be done with an application. */
export interface SparkStep {
  status?: SparkStatus;
  submits?: boolean;
  removesDriver?: boolean;
  lookAgainMs?: number;
}

/** A driver pod may take so long to be seen. */
const GRACE_MS = 10_000;
const DEFAULT_INTERVAL_S = 5;
const UNSUPPORTED = ['suspend', 'batchScheduler'];

/** The step that follows from an application's state and its driver pod (spark-operator 2.5, controller.go). */
export function nextStep(app: KubeObject, driver: KubeObject | undefined, now = Date.now()): SparkStep {
  const status = app.status as SparkStatus | undefined;
  const to = (state: string, change: Partial<SparkStatus> = {}, errorMessage?: string): SparkStep => ({
    status: {
      ...(status ?? UNSUBMITTED),
      ...change,
      applicationState: { state, ...(errorMessage && { errorMessage }) },
    },
  });
  const rerun = () => to('PENDING_RERUN', { driverInfo: {}, terminationTime: null });
  const isFresh = driver && driver.metadata.labels?.[SUBMISSION] !== status?.submissionID;
  const state = status?.applicationState.state ?? '';
  switch (state) {
    case '': {
      const asked = UNSUPPORTED.find((field) => app.spec[field]);
      return asked ? to('FAILED', {}, `spec.${asked} is not supported on this machine`) : { submits: true };
    }
    case 'PENDING_RERUN':
      return !driver || isFresh ? { submits: true } : { removesDriver: true };
    case 'SUBMISSION_FAILED':
    case 'FAILING': {
      const wait = retryWait(app, now);
      if (wait === undefined) return to('FAILED', {}, status?.applicationState.errorMessage);
      if (wait > 0) return { lookAgainMs: wait };
      return state === 'FAILING' ? rerun() : { submits: true };
    }
    case 'SUCCEEDING':
      return app.spec.restartPolicy?.type === 'Always' ? rerun() : to('COMPLETED');
    case 'COMPLETED':
    case 'FAILED':
      return {};
    default:
      return fromDriver(status as SparkStatus, driver, now, to);
  }
}

type To = (state: string, change?: Partial<SparkStatus>, errorMessage?: string) => SparkStep;

function fromDriver(status: SparkStatus, driver: KubeObject | undefined, now: number, to: To): SparkStep {
  if (!driver) {
    const left = Date.parse(status.lastSubmissionAttemptTime ?? '') + GRACE_MS - now;
    if (status.applicationState.state === 'SUBMITTED' && left > 0) return { lookAgainMs: left };
    return to('FAILING', {}, 'driver pod not found');
  }
  const ended = { terminationTime: kubeTime(new Date(now)) };
  switch (driver.status?.phase) {
    case 'Running':
      return to('RUNNING', { sparkApplicationId: driver.metadata.labels?.['spark-app-selector'] ?? '' });
    case 'Succeeded':
      return to('SUCCEEDING', ended);
    case 'Failed':
      return to('FAILING', ended, failureOf(driver));
    case 'Pending':
      return to('SUBMITTED');
    default:
      return {};
  }
}

function failureOf({ status }: KubeObject): string {
  const ended = status.containerStatuses?.[0]?.state.terminated;
  if (!ended) return 'driver container status missing';
  return `driver container failed with ExitCode: ${ended.exitCode}, Reason: ${ended.reason}`;
}

/** How long a retry has to wait still, in ms: the interval times the attempts so far; undefined when there is none. */
function retryWait({ spec, status }: KubeObject, now: number): number | undefined {
  const { type = 'Never', ...policy } = spec.restartPolicy ?? {};
  const isExecution = status.applicationState.state === 'FAILING';
  const [attempts, retries, interval] = isExecution
    ? [status.executionAttempts, policy.onFailureRetries, policy.onFailureRetryInterval]
    : [status.submissionAttempts, policy.onSubmissionFailureRetries, policy.onSubmissionFailureRetryInterval];
  if (type !== 'Always' && !(type === 'OnFailure' && retries !== undefined && attempts <= retries)) return undefined;
  const seconds = (interval ?? DEFAULT_INTERVAL_S) * status.submissionAttempts;
  return Math.max(0, Date.parse(status.lastSubmissionAttemptTime) + seconds * 1_000 - now);
}

const UNSUBMITTED: SparkStatus = {
  applicationState: { state: '' },
  driverInfo: {},
  lastSubmissionAttemptTime: null,
  terminationTime: null,
};

/** The status after a submission; with an error when it failed. */
export function submitted(
  { metadata, spec, status }: KubeObject,
  submissionID: string,
  errorMessage?: string,
): SparkStatus {
  const { submissionAttempts = 0, executionAttempts = 0 } = (status ?? {}) as Partial<SparkStatus>;
  return {
    applicationState: errorMessage ? { state: 'SUBMISSION_FAILED', errorMessage } : { state: 'SUBMITTED' },
    driverInfo: { podName: spec.driver.podName ?? `${metadata.name}-driver` },
    submissionID,
    submissionAttempts: submissionAttempts + 1,
    executionAttempts: executionAttempts + (errorMessage ? 0 : 1),
    lastSubmissionAttemptTime: kubeTime(),
    terminationTime: null,
  };
}
