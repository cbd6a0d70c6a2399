import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { modelsQuery, type ModelVersion } from '../api/queries.ts';
import { formatNumber } from '../format/number.ts';
import { Chip } from '../parts/chip.tsx';
import { RunLink, VersionLink } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Ago } from '../parts/moment.tsx';
import { Pager, usePages } from '../parts/pager.tsx';
import { PipelinePicker, usePipeline } from '../parts/pipeline-picker.tsx';
import { Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { MetricHistory } from '../plots/metric-history.tsx';
import { metricsOf } from '../plots/metric-points.ts';
import { go } from '../routes/use-place.ts';

/** A wider table could not be read. */
const COLUMNS = 3;

/** The versions of a pipeline's model, and how they became better or worse. */
export function Models({ named }: { named: string | undefined }) {
  const pipeline = usePipeline(named);
  return (
    <>
      <Title text={pipeline ? `Models of ${pipeline}` : 'Models'} />
      <form class="filters" aria-label="Whose models are listed" onSubmit={(event) => event.preventDefault()}>
        <PipelinePicker value={pipeline ?? ''} onChange={(name) => go(['models', name])} />
      </form>
      {pipeline && <Versions key={pipeline} pipeline={pipeline} />}
    </>
  );
}

function Versions({ pipeline }: { pipeline: string }) {
  const pages = usePages(pipeline);
  const models = useQuery(modelsQuery(pipeline, pages.continuation));
  return (
    <Loaded of={models}>
      {({ value, aliases, continuation }) => (
        <>
          {value.length > 0 && <History versions={value} champion={aliases.champion} />}
          <Table
            stacks
            caption={`Versions of ${pipeline}, newest first`}
            columns={[
              'version',
              'status',
              ...metricsOf(value)
                .slice(0, COLUMNS)
                .map((name) => `#${name}`),
              '-run',
              'made',
            ]}
            rows={value.map((version) => rowOf(version, metricsOf(value).slice(0, COLUMNS), aliases))}
            empty={`${pipeline} has no model yet: drop data for it.`}
          />
          <Pager pages={pages} next={continuation} what="versions" />
        </>
      )}
    </Loaded>
  );
}

function History({ versions, champion }: { versions: ModelVersion[]; champion: string | undefined }) {
  const metrics = metricsOf(versions);
  const [chosen, setChosen] = useState<string>();
  const metric = chosen !== undefined && metrics.includes(chosen) ? chosen : metrics[0];
  if (metric === undefined) return null;
  return (
    <div class="card">
      <div class="title">
        <h2>History of {metric}</h2>
        <label class="field">
          Metric
          <select value={metric} onChange={(event) => setChosen(event.currentTarget.value)}>
            {metrics.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <MetricHistory versions={versions} metric={metric} champion={champion} />
    </div>
  );
}

function rowOf(model: ModelVersion, metrics: string[], aliases: { champion?: string; challenger?: string }) {
  const { pipeline, version, status, runId, createdAt } = model;
  return {
    key: version,
    cells: [
      <VersionLink pipeline={pipeline} version={version} />,
      <VersionChips version={version} status={status} aliases={aliases} />,
      ...metrics.map((name) => formatNumber(model.metrics[name] ?? Number.NaN).replace('NaN', '–')),
      <RunLink runId={runId} />,
      <Ago at={createdAt} />,
    ],
  };
}

interface ChipsProps {
  version: string;
  status: string;
  aliases: { champion?: string; challenger?: string };
}

/** What became of a version, and what it is now. */
export function VersionChips({ version, status, aliases: { champion, challenger } }: ChipsProps) {
  return (
    <span class="chips">
      {version === champion && <Chip status="Champion" />}
      {version === challenger && version !== champion && <Chip status="Challenger" />}
      <Chip status={status} />
    </span>
  );
}
