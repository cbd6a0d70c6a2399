import { z } from 'zod';
import { sha256 } from '../sha256.ts';
import type { Layer } from './layer.ts';

const descriptor = z.looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() });

/** An image manifest, OCI or Docker schema 2. https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** An image's configuration, as far as appending a layer touches it. */
export const imageConfigSchema = z.looseObject({
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(z.string()) }),
  history: z.array(z.looseObject({})).optional(),
});
export type ImageConfig = z.infer<typeof imageConfigSchema>;

export interface Image {
  mediaType: string;
  manifest: Manifest;
  config: ImageConfig;
}

/** An image ready to be pushed: its documents as the very bytes whose digests name them. */
export interface BuiltImage extends Image {
  configBlob: Buffer;
  manifestBlob: Buffer;
  digest: string;
}

const LAYER_TYPES: Record<string, string> = {
  'application/vnd.oci.image.manifest.v1+json': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.distribution.manifest.v2+json': 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

/** Puts layers on top of an image. The same base and layers give the same digest. */
export function appendLayers(base: Image, layers: { layer: Layer; comment: string }[]): BuiltImage {
  const layerType = LAYER_TYPES[base.mediaType];
  if (layerType === undefined) throw new Error(`Cannot put a layer on an image of media type ${base.mediaType}`);
  const config: ImageConfig = {
    ...base.config,
    rootfs: {
      ...base.config.rootfs,
      diff_ids: [...base.config.rootfs.diff_ids, ...layers.map(({ layer }) => layer.diffId)],
    },
    history: [
      ...(base.config.history ?? []),
      ...layers.map(({ comment }) => ({ created: '1970-01-01T00:00:00Z', created_by: 'landfall', comment })),
    ],
  };
  const configBlob = Buffer.from(JSON.stringify(config));
  const manifest: Manifest = {
    ...base.manifest,
    config: { ...base.manifest.config, digest: `sha256:${sha256(configBlob)}`, size: configBlob.length },
    layers: [
      ...base.manifest.layers,
      ...layers.map(({ layer }) => ({ mediaType: layerType, digest: layer.digest, size: layer.blob.length })),
    ],
  };
  const manifestBlob = Buffer.from(JSON.stringify(manifest));
  return {
    mediaType: base.mediaType,
    manifest,
    config,
    configBlob,
    manifestBlob,
    digest: `sha256:${sha256(manifestBlob)}`,
  };
}
