import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { applyClusterDocuments } from '../../local/cluster-documents.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { NAMESPACE } from '../../shared/names.ts';
import { startCluster } from '../contract/kubernetes-server.ts';
import { ROOT } from '../kit/running-platform.ts';
import { appRights } from './app-rights.ts';
import { podSpecs, violations, type Level } from './pod-specs.ts';
import { findTool, outcome } from './tools.ts';

const CLUSTERS = join(ROOT, 'workloads/clusters');
const kubectl = findTool('kubectl');
const folder = mkdtempSync(join(tmpdir(), 'landfall-clusters-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Document {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
  };
  [field: string]: unknown;
}
interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

async function build(path: string): Promise<Document[]> {
  const { code, stdout, stderr } = await outcome(kubectl ?? '', ['kustomize', path]);
  expect(`${code} ${stderr}`).toBe('0 ');
  return parseAllDocuments(stdout).map((document) => document.toJS() as Document);
}

const rulesOf = (role: Document | undefined) =>
  (role?.['rules'] as Rule[]).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}${group && `.${group}`}`)),
    ),
  );

describe.skipIf(!kubectl).each([...new Set(Object.values(KINDS).map(({ cluster }) => cluster))])(
  'documents of %s',
  (cluster) => {
    const built = kubectl ? build(join(CLUSTERS, cluster)) : Promise.resolve([]);
    const all = async (kind: string) => (await built).filter((document) => document.kind === kind);
    const one = async (kind: string, name: string) => (await all(kind)).find(({ metadata }) => metadata.name === name);

    test('all lie in the namespace, which has a Pod Security level', async () => {
      const [namespace, ...others] = await all('Namespace');
      expect(namespace?.metadata.name).toBe(NAMESPACE);
      expect(others).toEqual([]);
      expect(namespace?.metadata.labels).toMatchObject({
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
      });
      const strays = (await built).filter(
        ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== NAMESPACE,
      );
      expect(strays).toEqual([]);
    });

    test('nothing goes in or out that no policy allows, and what is allowed is', async () => {
      const policies = await all('NetworkPolicy');
      const deny = policies.find(({ metadata }) => metadata.name === 'default-deny');
      expect(deny?.['spec']).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      expect(policies.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['dns', 'https']));
      // A rule without peers allows everybody.
      const rules = policies.flatMap(({ spec }) => {
        const { ingress = [], egress = [] } = spec as { ingress?: object[]; egress?: object[] };
        return [...ingress, ...egress];
      });
      expect(rules.filter((rule) => !('from' in rule || 'to' in rule))).toEqual([]);
    });

    test('a quota bounds it, and a container without resources gets what the quota asks for', async () => {
      const [quota] = await all('ResourceQuota');
      const [range] = await all('LimitRange');
      const hard = Object.keys((quota?.['spec'] as { hard: object }).hard);
      const [limits] = (range?.['spec'] as { limits: { defaultRequest: object; default: object }[] }).limits;
      expect(hard).toEqual(expect.arrayContaining(['pods', 'requests.cpu', 'requests.memory', 'limits.memory']));
      expect(Object.keys(limits?.defaultRequest ?? {})).toEqual(['cpu', 'memory']);
      expect(Object.keys(limits?.default ?? {})).toEqual(['memory']);
      expect(hard).not.toContain('limits.cpu');
    });

    test('no right is given on the whole cluster, by a wildcard or by a role that is not ours', async () => {
      expect((await built).filter(({ kind }) => kind.startsWith('Cluster'))).toEqual([]);
      const roles = await all('Role');
      expect(roles.flatMap(rulesOf).filter((rule) => rule.includes('*'))).toEqual([]);
      const given = (await all('RoleBinding')).map((binding) => binding['roleRef'] as { kind: string; name: string });
      expect(given.filter(({ kind }) => kind !== 'Role')).toEqual([]);
      expect(given.map(({ name }) => name).sort()).toEqual(roles.map(({ metadata }) => metadata.name).sort());
    });

    test('the app has the rights that it uses, each and no other', async () => {
      expect(rulesOf(await one('Role', 'landfall-app')).sort()).toEqual(await appRights(cluster));
    });

    test('the values of a deployment come to where they belong, and none is left out', async () => {
      const copy = join(folder, cluster);
      cpSync(CLUSTERS, copy, { recursive: true });
      const values = parse(readFileSync(join(CLUSTERS, cluster, 'values.yaml'), 'utf8')) as { data: object };
      expect(Object.keys(values.data)).toEqual(['appObjectId', 'workloadClientId']);
      const data = { appObjectId: 'object-id-of-the-app', workloadClientId: 'client-id-of-the-pods' };
      writeFileSync(join(copy, cluster, 'values.yaml'), JSON.stringify({ ...values, data }));
      const filled = await build(join(copy, cluster));
      expect(
        filled.find(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'landfall-app'),
      ).toMatchObject({ subjects: [{ kind: 'User', name: data.appObjectId }] });
      const accounts = filled.filter(({ kind }) => kind === 'ServiceAccount');
      expect(accounts.length).toBeGreaterThan(0);
      for (const { metadata } of accounts)
        expect(metadata.annotations).toEqual({ 'azure.workload.identity/client-id': data.workloadClientId });
      expect(JSON.stringify(filled)).not.toContain('00000000-0000');
      expect(filled.filter(({ kind }) => kind === 'ConfigMap')).toEqual([]);
    });

    test('the pods of the iris pipeline are taken: security level, requests, limits, service account', async () => {
      const [namespace] = await all('Namespace');
      const level = namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'] as Level;
      const accounts = (await all('ServiceAccount')).map(({ metadata }) => metadata.name);
      for (const spec of podSpecs(cluster)) {
        expect(violations(level, spec)).toEqual([]);
        expect(accounts).toContain(spec.serviceAccountName);
        for (const { resources } of spec.containers) {
          expect(resources?.requests).toMatchObject({
            cpu: expect.anything() as string,
            memory: expect.anything() as string,
          });
          expect(resources?.limits).toHaveProperty('memory');
        }
      }
    });

    test('our own API server takes them, the second time without a change, and local/ applies the same', async () => {
      const server = await startCluster();
      try {
        const access = ['--kubeconfig', join(server.dir, 'kubeconfig'), '--cache-dir', server.dir];
        writeFileSync(join(server.dir, 'kubeconfig'), server.configFor('admin').exportConfig());
        const run = (...args: string[]) => outcome(kubectl ?? '', [...args, ...access, '-k', join(CLUSTERS, cluster)]);
        const stored = async () => (JSON.parse((await run('get', '-o', 'json')).stdout) as { items: Document[] }).items;
        const versions = async () => (await stored()).map(({ metadata }) => metadata.resourceVersion);

        await applyClusterDocuments(join(server.dir, 'kubeconfig'), 'test', join(CLUSTERS, cluster));
        expect(await stored()).toMatchObject(await built);

        expect((await run('apply', '--server-side')).stdout.trim().split('\n')).toHaveLength((await built).length);
        const before = await versions();
        expect((await run('apply', '--server-side')).code).toBe(0);
        expect(await versions()).toEqual(before);
      } finally {
        await server.close();
      }
    });
  },
);

test('what may be refused is refused by the check above', () => {
  const [spec] = podSpecs('training');
  if (!spec) throw new Error('training has no pod');
  expect(violations('baseline', { ...spec, hostNetwork: true })).toEqual(['hostNetwork']);
  const open = spec.containers.map(({ securityContext: _none, ...container }) => container);
  expect(violations('restricted', { ...spec, containers: open })).toContain('pytorch: runAsNonRoot');
});
