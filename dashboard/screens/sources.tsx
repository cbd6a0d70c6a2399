import { answered, api } from '../api/client.ts';
import type { Pipeline } from '../api/queries.ts';
import { Callout } from '../parts/callout.tsx';
import { Chip } from '../parts/chip.tsx';
import { Failure } from '../parts/failure.tsx';
import { Ago } from '../parts/moment.tsx';
import { Table } from '../parts/table.tsx';
import { useTask } from '../parts/task.tsx';

type Source = NonNullable<Pipeline['sources']>[number];

const NEVER = <span class="muted">–</span>;

interface Props {
  pipeline: string;
  sources: Source[];
  heading: 'h2' | 'h3';
}

/** Where the data of a pipeline are collected from, how that went, and a way to look now. */
export function Sources({ pipeline, sources, heading: Heading }: Props) {
  const collect = useTask(
    () => answered(api.POST('/pipelines/{pipeline}/collect', { params: { path: { pipeline } }, body: {} })),
    ({ value }) => `Collecting from ${value.map(({ source }) => source).join(', ')}.`,
  );
  return (
    <>
      <div class="title">
        <Heading>Sources</Heading>
        <button type="button" disabled={collect.busy} onClick={collect.run}>
          Collect now<span class="unseen"> for {pipeline}</span>
        </button>
      </div>
      {collect.done && <p class="muted">{collect.done}</p>}
      {collect.error ? <Failure error={collect.error} /> : null}
      <Table
        stacks
        caption={`Sources of ${pipeline}`}
        columns={['source', 'status', 'looked at', '-had news', 'next']}
        rows={sources.map((source) => ({ key: source.name, cells: cellsOf(source) }))}
        empty="It has no sources."
      />
      {sources.map((source) => (
        <Trouble key={source.name} source={source} />
      ))}
    </>
  );
}

function Trouble({ source: { name, status, error, warnings = [] } }: { source: Source }) {
  return (
    <>
      {error && (
        <Callout tone={status === 'NotConfigured' ? 'wait' : 'bad'} icon="warning" title={name}>
          <p class="said">{error.message}</p>
          <p class="hint">{error.hint}</p>
        </Callout>
      )}
      {warnings.map(({ message, hint }) => (
        <Callout key={message} tone="wait" icon="warning" title={name}>
          <p class="said">{message}</p>
          <p class="hint">{hint}</p>
        </Callout>
      ))}
    </>
  );
}

function cellsOf({ name, type, status, lastCheckedAt, lastChangedAt, schedule, retryAt }: Source) {
  const next = retryAt ?? schedule?.nextAt;
  return [
    <>
      {name} <span class="muted">{type}</span>
    </>,
    <Chip status={status} />,
    lastCheckedAt ? <Ago at={lastCheckedAt} /> : NEVER,
    lastChangedAt ? <Ago at={lastChangedAt} /> : NEVER,
    next ? <Ago at={next} /> : <span class="muted">by hand</span>,
  ];
}
