import type { Run, Stage } from '../api/queries.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Facts } from '../parts/facts.tsx';
import { commandsFor } from './kubectl.ts';

/** What a run is called in Durable Functions and on the clusters, and how to look there. */
export function RunCluster({ run }: { run: Run }) {
  const stages = run.stages.filter((stage): stage is Stage & { job: NonNullable<Stage['job']> } => Boolean(stage.job));
  return (
    <>
      <div class="card">
        <h2>Durable instance</h2>
        <div class="command">
          <code>{run.runId}</code>
          <CopyButton text={run.runId} what="the instance id" />
        </div>
      </div>
      {stages.length === 0 && <p class="muted empty">The run has made no object on a cluster.</p>}
      {stages.map(({ name, job }) => (
        <div class="card" key={name}>
          <h2>{name}</h2>
          <Facts
            of={[
              ['Cluster', job.cluster],
              ['Kind', job.kind],
              ['Namespace', <span class="mono">{job.namespace}</span>],
              ['Name', <span class="mono">{job.name}</span>],
              ['Attempt', job.attempt],
            ]}
          />
          {commandsFor(job).map((command) => (
            <div class="command" key={command}>
              <code tabIndex={0} role="region" aria-label={command}>
                {command}
              </code>
              <CopyButton text={command} what={`the command for ${job.name}`} />
            </div>
          ))}
        </div>
      ))}
    </>
  );
}
