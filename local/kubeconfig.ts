import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';

export interface KubeconfigCluster {
  context: string;
  server: string;
}

/** Writes a kubeconfig of one user with a context for each cluster. */
export function writeKubeconfig(
  file: string,
  user: string,
  token: string,
  ca: string,
  clusters: KubeconfigCluster[],
): void {
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters.map(({ context, server }) => ({
      name: context,
      cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
    })),
    users: [{ name: user, user: { token } }],
    contexts: clusters.map(({ context }) => ({
      name: context,
      context: { cluster: context, user, namespace: 'landfall' },
    })),
    'current-context': clusters[0]?.context,
  };
  writeFileSync(file, stringify(document), { mode: 0o600 });
}
