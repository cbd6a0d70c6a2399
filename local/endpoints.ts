import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where everything answers: written to STATE/endpoints.json for kubectl, storage explorers and scripts. */
export interface Endpoints {
  functions: { url: string; key: string };
  lake: { dfs: string; blob: string; account: string; key: string };
  tables: string;
  topic: { url: string; key: string };
  registry: { url: string };
  clusters: { dataProcessing: Cluster; training: Cluster; serving: Cluster };
  gateway: string;
  kubeconfig: string;
  ca: string;
  pids: { platform: number; host: number };
}

interface Cluster {
  server: string;
}

const FILE = 'endpoints.json';

/** Writes the endpoints whole, then reveals them. */
export function writeEndpoints(state: string, endpoints: Endpoints): void {
  const file = join(state, FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
