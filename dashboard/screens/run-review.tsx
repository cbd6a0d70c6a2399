import { useQuery } from '@tanstack/preact-query';
import { isLive, modelQuery, runDocumentQuery, type Review, type Run } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Facts } from '../parts/facts.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Ago, Moment } from '../parts/moment.tsx';
import { DecideForm } from './decide-form.tsx';
import { DriftEvidence } from './drift.tsx';
import { GateCard } from './gate.tsx';
import { MetricComparison } from './metric-comparison.tsx';
import './run-review.css';

/** The evidence about a run's model, and the decision on it. */
export function RunReview({ run }: { run: Run }) {
  const { runId, pipeline, review, gate, modelVersion } = run;
  const waits = review?.status === 'Waiting' && isLive(run);
  return (
    <div class={waits ? 'deciding' : ''}>
      {!waits && review && <DecidedCard review={review} />}
      {gate && <GateCard gate={gate} />}
      {waits && <DecideForm runId={runId} review={review} />}
      {modelVersion && <Metrics pipeline={pipeline} version={modelVersion} />}
      <Drift run={run} />
    </div>
  );
}

function DecidedCard({ review }: { review: Review }) {
  const { status, decidedBy, decidedAt, comment, deadlineAt } = review;
  return (
    <div class="card">
      <div class="title">
        <h2>Review</h2>
        <Chip status={status} />
      </div>
      <Facts
        of={[
          ['Decided by', decidedBy],
          ['Decided', decidedAt && <Moment at={decidedAt} />],
          ['Comment', comment && <span class="said">{comment}</span>],
          ['Deadline', status === 'Waiting' && <Ago at={deadlineAt} />],
        ]}
      />
    </div>
  );
}

function Metrics({ pipeline, version }: { pipeline: string; version: string }) {
  const model = useQuery(modelQuery(pipeline, version));
  return (
    <div class="card">
      <h2>Metrics</h2>
      <Loaded of={model}>{(found) => <MetricComparison model={found} />}</Loaded>
    </div>
  );
}

function Drift({ run: { runId, pipeline } }: { run: Run }) {
  const drift = useQuery(runDocumentQuery(runId, 'drift', false));
  return (
    <div class="card">
      <Loaded of={drift}>
        {(found) =>
          found ? (
            <DriftEvidence runId={runId} pipeline={pipeline} drift={found} />
          ) : (
            <>
              <h2>Drift</h2>
              <p class="muted empty">There was no champion whose data this batch could be compared with.</p>
            </>
          )
        }
      </Loaded>
    </div>
  );
}
