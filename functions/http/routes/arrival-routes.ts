import { arrivalsQuery, waitingQuery } from '../schemas/request-schemas.ts';
import { ok, COMMON, NO_PIPELINE, BAD_QUERY } from './answers.ts';
import type { Route } from './route.ts';

/** Routes about files that arrived. */
export const ARRIVAL_ROUTES = {
  getWaiting: {
    method: 'GET',
    path: 'pipelines/{pipeline}/waiting',
    role: 'Reader',
    topic: 'Arrivals',
    summary: 'Files that arrived and that no batch has taken yet',
    query: waitingQuery,
    answers: { 200: ok('Waiting', 'They, oldest first.'), ...BAD_QUERY, ...NO_PIPELINE, ...COMMON },
  },
  getArrivals: {
    method: 'GET',
    path: 'arrivals',
    role: 'Reader',
    topic: 'Arrivals',
    summary: 'What became of a file: when it came, and the runs and models that saw it',
    description: 'Pages follow each other from the newest on: what arrives meanwhile may show an item twice.',
    query: arrivalsQuery,
    answers: { 200: ok('Arrivals', 'A page of it; empty for a file that never came.'), ...BAD_QUERY, ...COMMON },
  },
} as const satisfies Record<string, Route>;
