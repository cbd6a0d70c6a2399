import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, startKubelet, type Cluster } from './kubernetes-server.ts';

function findKubectl(): string | undefined {
  const places = [
    process.env['KUBECTL'],
    ...(process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'kubectl')),
  ];
  return places.find((file) => file && existsSync(file));
}

const kubectlFile = findKubectl();
if (!kubectlFile) console.log('kubectl is neither in KUBECTL nor on the PATH: its tests are skipped.');

const MANIFEST = `
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: job, labels: {app: iris}}
spec: {type: Python, mainApplicationFile: "local:///a.py", sparkVersion: 4.0.1, driver: {cores: 1}, executor: {}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {nodeName: this-machine, containers: [{name: main, image: "x:1"}]}
`;

describe.skipIf(!kubectlFile)('kubectl', () => {
  let cluster: Cluster;
  let manifest: string;
  beforeAll(async () => {
    cluster = await startCluster();
    manifest = join(cluster.dir, 'manifest.yaml');
    writeFileSync(manifest, MANIFEST);
    for (const token of ['admin', 'limited'])
      writeFileSync(join(cluster.dir, token), cluster.configFor(token).exportConfig());
    await kubectl('create', 'namespace', 'landfall');
    await kubectl('apply', '--server-side', '-f', manifest);
  });
  afterAll(() => cluster.close());

  const argumentsFor = (args: string[], token = 'admin') => ['--kubeconfig', join(cluster.dir, token), '--cache-dir', join(cluster.dir, 'cache'), ...args]; // prettier-ignore
  // The server is in this process, so nothing here may block it.
  const start = (args: string[], token?: string) => spawn(kubectlFile ?? '', argumentsFor(args, token));
  const run = (args: string[], token?: string) => output(start(args, token));
  const kubectl = (...args: string[]) => run(args);

  test.each([
    [['api-resources'], 'sparkapp     sparkoperator.k8s.io/v1beta2'],
    [['get', 'sparkapp'], 'SUSPEND   STATUS'],
    [['get', 'pods', '-o', 'wide'], 'this-machine'],
    [['get', 'pod', 'web', '-o', 'jsonpath={.status.phase}'], 'Pending'],
    [['describe', 'pod', 'web'], 'Status:           Pending'],
    [['describe', 'sparkapp', 'job'], 'Main Application File:  local:///a.py'],
    [['get', 'events'], 'No resources found'],
    [['auth', 'can-i', 'create', 'pods'], 'yes'],
    [['explain', 'sparkapp.spec.mode'], 'FIELD: mode'],
    [['create', 'configmap', 'made', '--from-literal=a=b'], 'configmap/made created'],
    [['create', 'secret', 'generic', 'hidden', '--from-literal=a=b'], 'secret/hidden created'],
    [['label', 'pod', 'web', 'a=b'], 'pod/web labeled'],
    [['get', 'pods', '-l', 'a=c'], 'No resources found'],
    [['create', 'role', 'reader', '--verb=get', '--resource=pods'], 'role.rbac.authorization.k8s.io/reader created'],
    [['create', 'rolebinding', 'reader', '--role=reader', '--user=app-submitter'], 'reader created'],
    [['get', 'nothing'], 'the server doesn\'t have a resource type "nothing"'],
  ])('%j', async (args, expected) => {
    expect(await kubectl(...args)).toContain(expected);
  });

  test('applies again without a change, and refuses what is not in the schema', async () => {
    expect(await kubectl('apply', '-f', manifest)).toContain('configured');
    expect(await kubectl('apply', '-f', manifest)).toContain('sparkapplication.sparkoperator.k8s.io/job unchanged');
    writeFileSync(join(cluster.dir, 'bad.yaml'), MANIFEST.replace('sparkVersion', 'sparkVersoin'));
    expect(await kubectl('create', '-f', join(cluster.dir, 'bad.yaml'))).toContain('unknown field "spec.sparkVersoin"');
  });

  test('has the rights that were given', async () => {
    expect(await run(['get', 'pod', 'web'], 'limited')).toContain('web');
    expect(await run(['delete', 'pod', 'web'], 'limited')).toContain('Forbidden');
    expect(await run(['auth', 'can-i', 'list', 'pods'], 'limited')).toContain('no');
  });

  test('reads logs', async () => {
    const kubelet = await startKubelet(cluster.certificates);
    const node = join(cluster.dir, 'node.json');
    const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } } }; // prettier-ignore
    writeFileSync(node, JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'this-machine' }, status }));
    await kubectl('apply', '-f', node);
    expect(await kubectl('logs', 'web')).toContain('/containerLogs/landfall/web/main');
    kubelet.server.close();
  });

  test('watches, and waits for what it deletes', async () => {
    const watching = start(['get', 'configmaps', '-w', '--request-timeout=30s']);
    const seen = output(watching);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await run(['create', 'configmap', 'watched']);
    // No kubelet ends the pod, so it goes by force.
    await run(['delete', 'pod', 'web', '--force']);
    await run(['delete', 'namespace', 'landfall']);
    expect(await kubectl('get', 'namespace', 'landfall')).toContain('not found');
    watching.kill();
    expect(await seen).toContain('watched');
  });

  async function output(child: ChildProcess): Promise<string> {
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    return text;
  }
});
