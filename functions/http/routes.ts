import { APP_ROUTES } from './routes/app-routes.ts';
import { PIPELINE_ROUTES } from './routes/pipeline-routes.ts';
import { RUN_ROUTES } from './routes/run-routes.ts';
import { BACKFILL_ROUTES } from './routes/backfill-routes.ts';
import { MODEL_ROUTES } from './routes/model-routes.ts';
import { ARRIVAL_ROUTES } from './routes/arrival-routes.ts';
import type { Route } from './routes/route.ts';

/** Every route of the HTTP API by its operation, in the order in which somebody new would try them. */
export const ROUTES = {
  ...APP_ROUTES,
  ...PIPELINE_ROUTES,
  ...RUN_ROUTES,
  ...BACKFILL_ROUTES,
  ...MODEL_ROUTES,
  ...ARRIVAL_ROUTES,
} as const satisfies Record<string, Route>;

/** Name of a route, and of the function that serves it. */
export type OperationId = keyof typeof ROUTES;

/** The routes in their order, as plain pairs. */
export const OPERATIONS = Object.entries(ROUTES) as [OperationId, Route][];
