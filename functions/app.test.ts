import { beforeEach, expect, test, vi } from 'vitest';
import { OPERATIONS } from './http/routes.ts';

const registered = vi.hoisted(() => new Map<string, { route: string; methods: string[]; authLevel: string }>());
vi.mock('@azure/functions', async (original) => {
  const real = await original<{ app: object }>();
  return { ...real, app: { ...real.app, http: (name: string, options: never) => registered.set(name, options) } };
});

const SETTINGS = {
  LAKE_URL: 'https://lake.dfs.core.windows.net',
  TABLES_URL: 'https://lake.table.core.windows.net',
  TOPIC_URL: 'https://topic.example',
  REGISTRY_URL: 'https://registry.example',
  APP_URL: 'https://app.example',
  CLUSTER_DATA_PROCESSING: 'kubeconfig:none#a',
  CLUSTER_TRAINING: 'kubeconfig:none#b',
  CLUSTER_SERVING: 'kubeconfig:none#c',
};

beforeEach(() => {
  registered.clear();
  vi.resetModules();
  // Outside a host everything else that is registered says so.
  vi.spyOn(console, 'warn').mockReturnValue();
  for (const [name, value] of Object.entries(SETTINGS)) vi.stubEnv(name, value);
});

const routes = () => [...registered].map(([name, { route, methods, authLevel }]) => [name, route, methods, authLevel]);
const documented = OPERATIONS.map(([name, { path, method }]) => [name, path, [method], 'function']);

test('every route of the table is registered under its name, with a key, and beside it only the page', async () => {
  await import('./app.ts');
  expect(routes()).toEqual([...documented, ['dashboard', 'dashboard/{*path}', ['GET'], 'anonymous']]);
});

test('with a setting missing only health is', async () => {
  vi.stubEnv('LAKE_URL', '');
  await import('./app.ts');
  expect(routes()).toEqual([documented[0]]);
});
