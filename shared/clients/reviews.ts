import { odata } from '@azure/data-tables';
import { newestFirstKey, parseRunId } from '../names.ts';
import type { Review } from '../run.ts';
import type { ReviewStatus } from '../status.ts';
import { absent } from './absent.ts';
import { isStatus } from './is-status.ts';
import { insertedNow, type OpenTable } from './table.ts';

/** How a review ends. */
export interface Settlement {
  status: Exclude<ReviewStatus, 'Waiting'>;
  decidedAt: string;
  decidedBy?: string;
  comment?: string;
}

/** Questions to people, in table Runs beside the runs that they are about. */
export interface Reviews {
  /** Opens a review, or answers the one that is there. */
  open(review: Review): Promise<Review>;
  get(runId: string): Promise<Review | undefined>;
  /** Reviews of a pipeline that wait, newest first. */
  waiting(pipeline: string): Promise<Review[]>;
  /** Ends a review once, against everybody else: `settled` is false where it had ended before. */
  settle(runId: string, settlement: Settlement): Promise<{ settled: boolean; review: Review } | undefined>;
}

interface Row {
  status: string;
  document: string;
}

/** Reviews behind Table storage. */
export function createReviews(open: OpenTable): Reviews {
  const table = open('Runs');
  const find = (runId: string) => {
    const { partitionKey, rowKey } = keyOf(runId);
    return absent(() => table.getEntity<Row>(partitionKey, rowKey));
  };
  const parse = ({ document }: Pick<Row, 'document'>) => JSON.parse(document) as Review;
  const row = (review: Review) => ({
    ...keyOf(review.runId),
    status: review.status,
    document: JSON.stringify(review),
  });
  return {
    async open(review) {
      await insertedNow(() => table.createEntity(row(review)));
      const found = await find(review.runId);
      if (!found) throw new Error(`The review of ${review.runId} is gone as soon as it was opened`);
      return parse(found);
    },
    async get(runId) {
      if (!parseRunId(runId)) return undefined;
      const found = await find(runId);
      return found && parse(found);
    },
    async waiting(pipeline) {
      const filter = odata`PartitionKey eq ${partition(pipeline)} and status eq 'Waiting'`;
      const found: Review[] = [];
      for await (const entity of table.listEntities<Row>({ queryOptions: { filter } })) found.push(parse(entity));
      return found;
    },
    async settle(runId, settlement) {
      for (;;) {
        const found = await find(runId);
        if (!found) return undefined;
        const review = parse(found);
        if (review.status !== 'Waiting') return { settled: false, review };
        const ended: Review = { ...review, ...settlement };
        try {
          await table.updateEntity(row(ended), 'Replace', { etag: found.etag });
          return { settled: true, review: ended };
        } catch (error) {
          // Somebody else was first: then the row says what they decided.
          if (!isStatus(error, 412)) throw error;
        }
      }
    },
  };
}

function partition(pipeline: string): string {
  return `review:${pipeline}`;
}

function keyOf(runId: string): { partitionKey: string; rowKey: string } {
  const parsed = parseRunId(runId);
  if (!parsed) throw new Error(`${JSON.stringify(runId)} is no run id`);
  return { partitionKey: partition(parsed.pipeline), rowKey: newestFirstKey(parsed.batchId) };
}
