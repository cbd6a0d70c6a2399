import { useQuery } from '@tanstack/preact-query';
import { modelQuery, modelsQuery, type Model } from '../api/queries.ts';
import { Facts } from '../parts/facts.tsx';
import { Link, RunLink, VersionLink } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Moment } from '../parts/moment.tsx';
import { Title } from '../parts/title.tsx';
import { FileList } from './file-list.tsx';
import { GateCard } from './gate.tsx';
import { MetricComparison } from './metric-comparison.tsx';
import { VersionChips } from './models.tsx';
import { Promotion } from './promotion.tsx';

/** One version: how good it is, where it comes from, and the way to set it live again. */
export function ModelScreen({ pipeline, version }: { pipeline: string; version: string }) {
  const model = useQuery(modelQuery(pipeline, version));
  const aliases = useQuery(modelsQuery(pipeline)).data?.aliases;
  return (
    <>
      <p class="trail">
        <Link to={['models', pipeline]}>Models of {pipeline}</Link>
      </p>
      <Title
        text={`Version ${version} of ${pipeline}`}
        after={model.data && aliases && <VersionChips version={version} status={model.data.status} aliases={aliases} />}
      >
        {pipeline} <span class="mono">{version}</span>
      </Title>
      <Loaded of={model}>
        {(found) => (
          <>
            <Promotion model={found} champion={aliases?.champion} />
            <div class="cards">
              <div class="card">
                <h2>Metrics</h2>
                <MetricComparison model={found} />
              </div>
              {found.gate && <GateCard gate={found.gate} />}
            </div>
            <Lineage model={found} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Lineage({ model }: { model: Model }) {
  const { pipeline, runId, batchId, lineage, digests, image, path, createdAt, review } = model;
  return (
    <div class="card">
      <h2>Lineage</h2>
      <Facts
        of={[
          ['Made', <Moment at={createdAt} />],
          ['Run', <RunLink runId={runId} />],
          ['Batch', <span class="mono">{batchId}</span>],
          ['Compared with', lineage.champion && <VersionLink pipeline={pipeline} version={lineage.champion} />],
          ['Went on from', lineage.baseVersion && <VersionLink pipeline={pipeline} version={lineage.baseVersion} />],
          ['Data processed by', lineage.processedBy && <RunLink runId={lineage.processedBy} />],
          ['Trained by', lineage.trainedBy && <RunLink runId={lineage.trainedBy} />],
          ['Review', review && `${review.status}${review.decidedBy ? ` by ${review.decidedBy}` : ''}`],
          ['Comment', review?.comment && <span class="said">{review.comment}</span>],
          ['Folder', <code>{path}</code>],
          ['Code', <code>{digests.code}</code>],
          ['Weights', digests.weights && <code>{digests.weights}</code>],
          ['TorchScript', digests.torchScript && <code>{digests.torchScript}</code>],
          ['Image', image && <code>{image}</code>],
        ]}
      />
      <h3>Files</h3>
      <FileList files={lineage.files} />
    </div>
  );
}
