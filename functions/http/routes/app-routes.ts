import { ok, GUARDED } from './answers.ts';
import type { Route } from './route.ts';

/** Routes about the app itself. */
export const APP_ROUTES = {
  health: {
    method: 'GET',
    path: 'health',
    role: 'Reader',
    topic: 'App',
    summary: 'Every part that the app depends on, what is wrong and what cures it',
    answers: {
      200: ok('Health', 'Everything is well.'),
      ...GUARDED,
      503: ok('Health', 'Something is not.'),
    },
  },
  getOpenApi: {
    method: 'GET',
    path: 'openapi.json',
    role: 'Reader',
    topic: 'App',
    summary: 'This document',
    answers: { 200: ok('OpenApi', 'OpenAPI 3.1.'), ...GUARDED },
  },
} as const satisfies Record<string, Route>;
