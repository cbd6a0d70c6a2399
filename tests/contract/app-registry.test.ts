import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRegistry } from '../../local/registry/registry.ts';
import { seedBaseImages } from '../../local/registry/base-images.ts';
import { ensureCertificates } from '../../local/tls.ts';
import { ROOT } from '../kit/running-platform.ts';

let folder: string;
let registry: Awaited<ReturnType<typeof startRegistry>>;
let caFile: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'landfall-registry-'));
  const tls = await ensureCertificates(join(folder, 'tls'));
  caFile = tls.caFile;
  registry = await startRegistry({ port: 0, dataDir: join(folder, 'registry'), tls });
  await seedBaseImages(registry.url, tls.ca);
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

/** Runs code with the app's own registry client in a process that trusts the authority, as the host does. */
async function withClient(code: string): Promise<unknown> {
  const script = `
    import { createRegistry } from './shared/clients/registry.ts';
    import { buildLayer } from './shared/images/layer.ts';
    import { appendLayers } from './shared/images/image.ts';
    const registry = createRegistry(${JSON.stringify(registry.url)}, undefined);
    const bytes = (text) => new TextEncoder().encode(text);
    console.log(JSON.stringify(await (async () => { ${code} })() ?? null));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--input-type=module-typescript', '-e', script],
    {
      cwd: ROOT,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile },
      timeout: 60_000,
    },
  );
  return JSON.parse(stdout);
}

test('a layer goes on a base image and comes back by digest, twice the same', async () => {
  const push = `
    const base = await registry.pull('spark', 'base');
    const layer = await buildLayer(new Map([['/opt/landfall/pipeline/a.py', bytes('print(1)')]]));
    const image = appendLayers(base, [{ layer, comment: 'code' }]);
    await registry.push('spark', 'iris-code', image, [layer]);
    const back = await registry.pull('spark', image.digest);
    return { digest: image.digest, tagged: await registry.digestOf('spark', 'iris-code'), layers: back.manifest.layers.length - base.manifest.layers.length };`;
  const first = (await withClient(push)) as { digest: string };
  expect(first).toEqual({ digest: first.digest, tagged: first.digest, layers: 1 });
  expect(await withClient(push)).toEqual(first);
});

test('what is not there is undefined, not an error', async () => {
  expect(
    await withClient(
      `return [await registry.pull('spark', 'nothing') ?? 'none', await registry.digestOf('nowhere', 'x') ?? 'none'];`,
    ),
  ).toEqual(['none', 'none']);
});
