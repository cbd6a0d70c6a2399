import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig, KubernetesObjectApi, PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';
import { parse, parseAllDocuments } from 'yaml';

/** Applies the documents of a kustomization folder to a cluster, server side, in the order in which it lists them. */
export async function applyClusterDocuments(kubeconfig: string, context: string, folder: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  const api = KubernetesObjectApi.makeApiClient(config);
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  for (const file of resources) {
    for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
      await api.patch(
        document.toJS() as KubernetesObject,
        undefined,
        undefined,
        'landfall-setup',
        true,
        PatchStrategy.ServerSideApply,
      );
    }
  }
}
