import type { KnownManifestMediaType } from '@azure/container-registry';
import { ContainerRegistryContentClient } from '@azure/container-registry';
import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { imageConfigSchema, manifestSchema, type BuiltImage, type Image } from '../images/image.ts';
import type { Layer } from '../images/layer.ts';
import { absent } from './absent.ts';

/** The container registry, as far as building an image needs it. */
export interface Registry {
  /** Host under which the clusters pull, such as `name.azurecr.io`. */
  readonly host: string;
  /** An image by tag or digest; undefined when the registry has none. */
  pull(repository: string, reference: string): Promise<Image | undefined>;
  /** Uploads an image that stands on one already in the repository, and tags it. */
  push(repository: string, tag: string, image: BuiltImage, layers: Layer[]): Promise<void>;
  /** Digest behind a tag; undefined when there is no such tag. */
  digestOf(repository: string, tag: string): Promise<string | undefined>;
}

const index = z.object({
  manifests: z.array(
    z.object({ digest: z.string(), platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});

/** A registry behind Azure Container Registry's client; without a credential requests are anonymous. */
export function createRegistry(endpoint: string, credential: TokenCredential | undefined): Registry {
  const repositories = new Map<string, ContainerRegistryContentClient>();
  const client = (repository: string) => {
    const known = repositories.get(repository);
    if (known) return known;
    // The client takes no credential for anonymous access, though its types ask for one.
    const made = new ContainerRegistryContentClient(endpoint, repository, credential as TokenCredential);
    repositories.set(repository, made);
    return made;
  };

  const registry: Registry = {
    host: new URL(endpoint).host,
    async pull(repository, reference) {
      const found = await absent(() => client(repository).getManifest(reference));
      if (!found) return undefined;
      const mediaType: string = found.mediaType;
      if (mediaType.includes('index') || mediaType.includes('manifest.list')) {
        return registry.pull(repository, linuxImage(found.manifest, repository, reference));
      }
      const manifest = manifestSchema.parse(found.manifest);
      const { content } = await client(repository).downloadBlob(manifest.config.digest);
      return { mediaType, manifest, config: imageConfigSchema.parse(JSON.parse(await text(content))) };
    },
    async push(repository, tag, image, layers) {
      for (const layer of layers) await client(repository).uploadBlob(layer.blob);
      await client(repository).uploadBlob(image.configBlob);
      await client(repository).setManifest(image.manifestBlob, {
        tag,
        mediaType: image.mediaType as KnownManifestMediaType,
      });
    },
    async digestOf(repository, tag) {
      return (await absent(() => client(repository).getManifest(tag)))?.digest;
    },
  };
  return registry;
}

function linuxImage(document: unknown, repository: string, reference: string): string {
  const match = index
    .parse(document)
    .manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64');
  if (!match) throw new Error(`${repository}:${reference} has no image for linux/amd64`);
  return match.digest;
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
