import { randomUUID } from 'node:crypto';
import { afterEnd, writeStatus, type Kind, type Operator } from './controller.ts';
import { KubeError, type Kube } from './kube.ts';
import { podsPath, type KubeObject } from './kube-object.ts';
import { driverPod, SUBMISSION } from './spark-driver.ts';
import { nextStep, submitted, type SparkStatus } from './spark-state.ts';

/** The kind that spark-operator looks after. */
export const SPARK: Kind = {
  apiVersion: 'sparkoperator.k8s.io/v1beta2',
  ...{ kind: 'SparkApplication', plural: 'sparkapplications' },
};

const EVENTS: Record<string, [reason: string, what: string]> = {
  SUBMITTED: ['SparkApplicationSubmitted', 'was submitted successfully'],
  SUBMISSION_FAILED: ['SparkApplicationSubmissionFailed', 'failed to submit'],
  COMPLETED: ['SparkApplicationCompleted', 'completed'],
  FAILED: ['SparkApplicationFailed', 'failed'],
  PENDING_RERUN: ['SparkApplicationPendingRerun', 'is pending rerun'],
};

/** Acts as spark-operator 2.5 does, with Spark in local mode: there is a driver pod and there are no executor pods. */
export function sparkOperator(kube: Kube, jars: string[]): Operator {
  const submit = async (app: KubeObject, driver: KubeObject | undefined) => {
    // The pod of a submission whose status was not written any more is taken for what it is.
    const id = driver?.metadata.labels?.[SUBMISSION] ?? randomUUID();
    try {
      const isNew =
        driver !== undefined || (await kube.ensure(podsPath(app.metadata.namespace), driverPod(SPARK, app, id, jars)));
      return submitted(app, id, isNew ? undefined : 'driver pod already exist');
    } catch (error) {
      if (!(error instanceof KubeError) || error.status >= 500) throw error;
      return submitted(app, id, `failed to submit spark application: ${error.message}`);
    }
  };
  const tell = (app: KubeObject, status: SparkStatus | undefined) => {
    const { state = '', errorMessage } = status?.applicationState ?? {};
    const [reason, what] = EVENTS[state] ?? [];
    if (!reason || state === app.status?.applicationState?.state) return;
    const message = [`SparkApplication ${app.metadata.name} ${what}`, errorMessage].filter(Boolean).join(': ');
    kube.event(app, reason, message, errorMessage ? 'Warning' : 'Normal');
  };
  return {
    kind: SPARK,
    expiresAt({ spec, status }) {
      const isOver = ['COMPLETED', 'FAILED'].includes(status?.applicationState?.state);
      return isOver ? afterEnd(status?.terminationTime, spec.timeToLiveSeconds) : undefined;
    },
    async reconcile(app, [driver]) {
      const step = nextStep(app, driver);
      if (step.removesDriver && driver && !driver.metadata.deletionTimestamp) await kube.removePod(driver);
      const status = step.submits ? await submit(app, driver) : step.status;
      if (status) await writeStatus(kube, SPARK, app, status);
      tell(app, status);
      return step.lookAgainMs;
    },
  };
}
