import type { IconName } from './icon.tsx';

/** How a status looks: a tone and a shape, so that colour is never all that tells. */
export interface Look {
  tone: 'idle' | 'live' | 'ok' | 'bad' | 'wait';
  icon: IconName;
}

const LOOKS: Record<string, Look> = {
  Pending: { tone: 'idle', icon: 'dots' },
  Running: { tone: 'live', icon: 'ring' },
  Succeeded: { tone: 'ok', icon: 'check' },
  Failed: { tone: 'bad', icon: 'cross' },
  Cancelled: { tone: 'idle', icon: 'stop' },
  Paused: { tone: 'wait', icon: 'clock' },
  Quarantined: { tone: 'wait', icon: 'shield' },
  Rejected: { tone: 'bad', icon: 'cross' },
  Expired: { tone: 'wait', icon: 'clock' },
  Superseded: { tone: 'idle', icon: 'layers' },
  Candidate: { tone: 'idle', icon: 'dots' },
  Deployed: { tone: 'ok', icon: 'check' },
  Waiting: { tone: 'wait', icon: 'person' },
  Approved: { tone: 'ok', icon: 'check' },
  Healthy: { tone: 'ok', icon: 'check' },
  Unhealthy: { tone: 'bad', icon: 'cross' },
  Champion: { tone: 'ok', icon: 'up' },
  Challenger: { tone: 'live', icon: 'up' },
  Broken: { tone: 'bad', icon: 'warning' },
  Enabled: { tone: 'ok', icon: 'check' },
  Disabled: { tone: 'idle', icon: 'stop' },
  Drifted: { tone: 'wait', icon: 'warning' },
  Steady: { tone: 'ok', icon: 'check' },
  NeverChecked: { tone: 'idle', icon: 'dots' },
  NotConfigured: { tone: 'wait', icon: 'warning' },
  Unchanged: { tone: 'idle', icon: 'check' },
  Changed: { tone: 'ok', icon: 'check' },
};

/** How a status looks; one that is new to the page is shown plainly. */
export function lookOf(status: string): Look {
  return LOOKS[status] ?? { tone: 'idle', icon: 'dots' };
}

/** A status in words. */
export function wordsOf(status: string): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
