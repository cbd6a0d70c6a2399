import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The definitions of SparkApplication, PyTorchJob and InferenceService, whole, as their projects publish them. */
export function loadCrds(): object[] {
  const dir = join(import.meta.dirname, 'crds');
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json.gz'))
    .sort()
    .map((name) => JSON.parse(gunzipSync(readFileSync(join(dir, name))).toString('utf8')) as object);
}
