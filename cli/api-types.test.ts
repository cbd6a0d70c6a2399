import type { z } from 'zod';
import { expectTypeOf, test } from 'vitest';
import type { SCHEMAS, SchemaName } from '../functions/api-schemas.ts';
import type * as ours from './api-types.ts';

type App<N extends SchemaName> = z.output<(typeof SCHEMAS)[N]>;

// The type check (`npm run typecheck`) is what fails here once the app answers otherwise than commands read.
test('what commands read of an answer is what the app says in it', () => {
  expectTypeOf<App<'Health'>>().toExtend<ours.Health>();
  expectTypeOf<App<'Problem'>>().toExtend<ours.Problem>();
  expectTypeOf<App<'Pipeline'>>().toExtend<ours.Pipeline>();
  expectTypeOf<App<'PipelineList'>>().toExtend<ours.Page<ours.Pipeline>>();
  expectTypeOf<App<'Run'>>().toExtend<ours.Run>();
  expectTypeOf<App<'RunList'>>().toExtend<ours.Page<ours.Run>>();
  expectTypeOf<App<'RunStarted'>>().toExtend<ours.RunStarted>();
  expectTypeOf<App<'RunLog'>>().toExtend<ours.RunLog>();
  expectTypeOf<App<'Review'>>().toExtend<ours.Review>();
  expectTypeOf<App<'DriftReport'>>().toExtend<ours.DriftReport>();
  expectTypeOf<App<'ModelList'>>().toExtend<ours.ModelList>();
  expectTypeOf<App<'Model'>>().toExtend<ours.Model>();
  expectTypeOf<App<'GoldenRequests'>>().toExtend<ours.GoldenRequests>();
  expectTypeOf<App<'Arrivals'>>().toExtend<ours.Arrivals>();
  expectTypeOf<App<'Waiting'>>().toExtend<ours.Waiting>();
  expectTypeOf<App<'Backfill'>>().toExtend<ours.Backfill>();
  expectTypeOf<App<'Collecting'>>().toExtend<ours.Collecting>();
  expectTypeOf<App<'BackfillPlan'>>().toExtend<ours.BackfillPlan>();
  expectTypeOf<App<'BackfillStarted'>>().toExtend<ours.BackfillPlan>();
  expectTypeOf<App<'BackfillList'>>().toExtend<ours.Page<ours.Backfill>>();
});
