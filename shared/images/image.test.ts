import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sha256 } from '../sha256.ts';
import { appendLayers, type Image } from './image.ts';
import { buildLayer } from './layer.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const base: Image = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  manifest: {
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: 'sha256:0', size: 1 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: 'sha256:base', size: 9 }],
  },
  config: {
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['A=1'] },
    rootfs: { type: 'layers', diff_ids: ['sha256:b'] },
  },
};

test('the same files give the same layer, whatever their order', async () => {
  const one = await buildLayer(
    new Map([
      ['/opt/a.py', bytes('a')],
      ['/mnt/b', bytes('b')],
    ]),
  );
  const two = await buildLayer(
    new Map([
      ['/mnt/b', bytes('b')],
      ['/opt/a.py', bytes('a')],
    ]),
  );
  const other = await buildLayer(
    new Map([
      ['/mnt/b', bytes('B')],
      ['/opt/a.py', bytes('a')],
    ]),
  );
  expect(two.digest).toBe(one.digest);
  expect(other.digest).not.toBe(one.digest);
});

test('a layer is named by its gzipped bytes, and by its tar in the image config', async () => {
  const layer = await buildLayer(new Map([['/opt/a.py', bytes('print(1)')]]));
  expect(layer.digest).toBe(`sha256:${sha256(layer.blob)}`);
  expect(layer.diffId).toBe(`sha256:${sha256(gunzipSync(layer.blob))}`);
});

test('layers go on top: config and manifest grow together and what the base says stays', async () => {
  const layer = await buildLayer(new Map([['/opt/a.py', bytes('a')]]));
  const image = appendLayers(base, [{ layer, comment: 'code' }]);
  expect(image.manifest.layers.map(({ digest }) => digest)).toEqual(['sha256:base', layer.digest]);
  expect(image.config.rootfs.diff_ids).toEqual(['sha256:b', layer.diffId]);
  expect(image.config).toMatchObject({ os: 'linux', config: { Env: ['A=1'] } });
  expect(image.manifest.config.digest).toBe(`sha256:${sha256(image.configBlob)}`);
  expect(image.digest).toBe(appendLayers(base, [{ layer, comment: 'code' }]).digest);
});

test('the layer speaks the family of its base, and an unknown family is refused', async () => {
  const layer = await buildLayer(new Map());
  const docker = { ...base, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' };
  expect(appendLayers(docker, [{ layer, comment: '' }]).manifest.layers.at(-1)?.mediaType).toBe(
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
  );
  expect(() => appendLayers({ ...base, mediaType: 'text/plain' }, [])).toThrow('text/plain');
});
