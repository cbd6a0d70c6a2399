import type { Run, Stage } from '../api/queries.ts';
import { Command } from '../parts/command.tsx';
import { Facts } from '../parts/facts.tsx';
import { OutsideLink } from '../parts/link.tsx';
import { credentialsCommand, instanceCommand, kubectlCommands } from './shell-commands.ts';

type Job = NonNullable<Stage['job']>;

/** Where a run is found in Durable Functions and on the clusters, and how to look there. */
export function RunCluster({ run }: { run: Run }) {
  const stages = run.stages.filter((stage): stage is Stage & { job: Job } => Boolean(stage.job));
  return (
    <>
      {stages.length === 0 && <p class="muted empty">The run has made no object on a cluster.</p>}
      {stages.map(({ name, job }) => (
        <JobCard key={name} stage={name} job={job} />
      ))}
      <div class="card">
        <h2>Durable instance</h2>
        <Facts of={[['Instance', <span class="mono">{run.runId}</span>]]} />
        <p class="muted">
          Its state and history. <code>DURABLE_KEY</code> is the system key <code>durabletask_extension</code>: in Azure
          it is under App keys of the function app, locally in <code>.landfall/host/keys.json</code>.
        </p>
        <Command text={instanceCommand(location.origin, run.runId)} what="the command for the instance" />
      </div>
    </>
  );
}

function JobCard({ stage, job }: { stage: string; job: Job }) {
  const { cluster, kind, namespace, name, attempt, aks } = job;
  const credentials = aks && credentialsCommand(aks.resourceId, cluster);
  return (
    <div class="card">
      <h2>{stage}</h2>
      <Facts
        of={[
          ['Cluster', aks?.portal ? <OutsideLink to={aks.portal}>{cluster} in the Azure portal</OutsideLink> : cluster],
          ['Kind', kind],
          ['Namespace', <span class="mono">{namespace}</span>],
          ['Name', <span class="mono">{name}</span>],
          ['Attempt', attempt],
        ]}
      />
      {credentials && <Command text={credentials} what={`the command that lets kubectl reach ${cluster}`} />}
      {kubectlCommands(job).map((command) => (
        <Command key={command} text={command} what={`the command for ${name}`} />
      ))}
    </div>
  );
}
