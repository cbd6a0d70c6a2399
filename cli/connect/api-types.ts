import type { components } from '../../docs/api/openapi.ts';

/** What the HTTP API answers, by the names of its document. */
type Schemas = components['schemas'];

/** A page of a list. */
export interface Page<T> {
  value: T[];
  continuation?: string | undefined;
}

export type Problem = Schemas['Problem'];
export type Health = Schemas['Health'];
export type Source = Schemas['Source'];
export type Pipeline = Schemas['Pipeline'];
export type SourceLog = Schemas['SourceLog'];
export type Collecting = Schemas['Collecting'];
export type Stage = Schemas['Stage'];
export type Review = Schemas['Review'];
export type RunError = Schemas['RunError'];
export type Gate = Schemas['GateDecision'];
export type Run = Schemas['Run'];
export type RunStarted = Schemas['RunStarted'];
export type RunLog = Schemas['RunLog'];
export type DriftReport = Schemas['DriftReport'];
export type Measures = DriftReport['features'][number]['measures'];
export type ModelVersion = Schemas['ModelVersion'];
export type ModelList = Schemas['ModelList'];
export type Model = Schemas['Model'];
export type GoldenRequests = Schemas['GoldenRequests'];
export type Arrivals = Schemas['Arrivals'];
export type Waiting = Schemas['Waiting'];
export type Backfill = Schemas['Backfill'];
/** A part of a backfill; one that is only planned has no status. */
export type Partition = BackfillPlan['partitions'][number] & Partial<Backfill['partitions'][number]>;
/** What a backfill runs over; with its id once it is under way. */
export type BackfillPlan = Schemas['BackfillPlan'] & Partial<Pick<Schemas['BackfillStarted'], 'backfillId'>>;
