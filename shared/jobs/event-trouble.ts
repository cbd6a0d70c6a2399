import { trouble, type Trouble } from './pod-trouble.ts';

/** What the cluster told of an object, such as a failed scale-up. */
export interface ClusterEvent {
  reason: string;
  message: string;
}

/** Events that tell of trouble, with what tells one trouble from another in their text; the first that fits counts. */
const KNOWN: { events: RegExp; text: RegExp; reason: string }[] = [
  { events: /^FailedCreate|SubmissionFailed$/, text: /exceeded quota/, reason: 'QuotaExceeded' },
  { events: /^FailedCreate|SubmissionFailed$/, text: /violates PodSecurity/, reason: 'PodSecurityRefused' },
  {
    events: /^FailedCreate|SubmissionFailed$/,
    text: /admission webhook|denied the request/,
    reason: 'AdmissionRefused',
  },
  { events: /^FailedCreate|SubmissionFailed$/, text: /forbidden/, reason: 'Forbidden' },
  { events: /^FailedCreate|SubmissionFailed$/, text: /./, reason: 'PodsNotCreated' },
  { events: /^FailedMount$|^FailedAttachVolume$/, text: /./, reason: 'FailedMount' },
  { events: /^FailedScaleUp$/, text: /./, reason: 'FailedScaleUp' },
  { events: /^NotTriggerScaleUp$/, text: /./, reason: 'NotTriggerScaleUp' },
  { events: /^BackOff$|^Failed$/, text: /pull/i, reason: 'ImagePullBackOff' },
];

/**
 * The last trouble that events of a job or its pods tell of; news that are no trouble come to nothing.
 * Reasons: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md and the operators' recorders.
 */
export function eventTrouble(events: ClusterEvent[]): Trouble | undefined {
  for (const { reason, message } of [...events].reverse()) {
    const known = KNOWN.find((one) => one.events.test(reason) && one.text.test(message));
    if (known) return trouble(known.reason, message);
    // A pod that was scheduled after all has left the trouble before it behind.
    if (reason === 'Scheduled' || reason === 'TriggeredScaleUp') return undefined;
  }
  return undefined;
}
