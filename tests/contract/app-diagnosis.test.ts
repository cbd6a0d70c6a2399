import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultAzureCredential } from '@azure/identity';
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type V1ContainerState,
  type V1PodStatus,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyClusterDocuments } from '../../local/cluster-documents.ts';
import { writeKubeconfig } from '../../local/kubeconfig.ts';
import { startApiServer } from '../../local/kubernetes/api-server.ts';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { ensureCertificates } from '../../local/tls.ts';
import type { ActivityContext, PinnedRun } from '../../orchestrations/activities/context.ts';
import { JOB_KINDS, type AwaitedJob } from '../../orchestrations/activities/job-manifest.ts';
import { submitCollectJob } from '../../orchestrations/activities/collect-script.ts';
import { observeJob } from '../../orchestrations/activities/job.ts';
import { submitJob } from '../../orchestrations/activities/submit-job.ts';
import { clusterConnection } from '../../shared/clients/cluster-connection.ts';
import { createCluster, type Cluster } from '../../shared/clients/cluster.ts';
import type { ClusterName } from '../../shared/config.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { jobName, LABELS } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { ROOT } from '../kit/running-platform.ts';

// What a run says of a job in trouble: every reason by every kind, as the cluster shows it, with exactly our Roles.
const STAGES = Object.keys(JOB_KINDS) as AwaitedJob['stage'][];
const folder = mkdtempSync(join(tmpdir(), 'landfall-diagnosis-'));
const closers: (() => Promise<void>)[] = [];
const admins = new Map<ClusterName, { core: CoreV1Api; objects: CustomObjectsApi }>();
const apps = new Map<ClusterName, Cluster>();
const written: Record<string, string> = {};
let runs = 0;

beforeAll(async () => {
  const tls = await ensureCertificates(join(folder, 'tls'));
  for (const name of new Set(STAGES.map((stage) => KINDS[JOB_KINDS[stage].kind].cluster))) {
    const server = await startApiServer({
      name,
      port: 0,
      dataDir: folder,
      tls,
      tokens: { admin: { user: 'admin', groups: ['system:masters'] }, app: { user: 'landfall-app', groups: [] } },
      crds: loadCrds(),
      kubelet: { token: 'kubelet', ca: tls.ca },
    });
    closers.push(server.close);
    const file = (user: string) => join(folder, `${name}-${user}`);
    for (const user of ['admin', 'app'])
      writeKubeconfig(file(user), user, user, tls.ca, [{ context: name, server: server.url }]);
    await applyClusterDocuments(file('admin'), name, join(ROOT, 'workloads/clusters', name));
    const config = new KubeConfig();
    config.loadFromFile(file('admin'));
    admins.set(name, { core: config.makeApiClient(CoreV1Api), objects: config.makeApiClient(CustomObjectsApi) });
    const connection = { kubeconfig: file('app'), context: name };
    apps.set(
      name,
      createCluster(
        name,
        clusterConnection(connection, () => new DefaultAzureCredential(), ''),
      ),
    );
  }
});
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});

/** What happened to a job: a pod and its status, events of the pod or of the job, the status of the job's object. */
interface Trouble {
  pod?: V1PodStatus;
  podEvent?: [reason: string, message: string];
  jobEvent?: [reason: string, message: string];
  ended?: boolean;
}

const pending = (status: V1PodStatus = {}): V1PodStatus => ({ phase: 'Pending', ...status });
const container = (state: V1ContainerState): V1PodStatus => ({
  phase: state.terminated ? 'Failed' : 'Pending',
  containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state }],
});
const unschedulable = pending({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' }],
});

const TROUBLES: [string, Trouble, { phase: string; reason?: string; text: RegExp }][] = [
  [
    'an image that cannot be pulled',
    { pod: container({ waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }) },
    { phase: 'Failed', reason: 'ImagePullBackOff', text: /no such image/ },
  ],
  ['no node that fits', { pod: unschedulable }, { phase: 'Waiting', text: /0\/3 nodes are available/ }],
  [
    'a taint that no pool takes',
    {
      pod: unschedulable,
      podEvent: ['NotTriggerScaleUp', "pod didn't trigger scale-up: 1 node(s) had untolerated taint"],
    },
    { phase: 'Waiting', text: /untolerated taint/ },
  ],
  [
    'a pool that cannot grow',
    { pod: unschedulable, podEvent: ['FailedScaleUp', 'quota of NC8as_T4_v3 exceeded'] },
    { phase: 'Waiting', text: /quota of NC8as_T4_v3 exceeded/ },
  ],
  [
    'a namespace that is used up',
    { jobEvent: ['FailedCreatePod', 'pods "x" is forbidden: exceeded quota: landfall'] },
    { phase: 'Waiting', text: /exceeded quota/ },
  ],
  [
    'a pod that Pod Security refuses',
    { jobEvent: ['FailedCreatePod', 'pods "x" is forbidden: violates PodSecurity "restricted:latest"'] },
    { phase: 'Failed', reason: 'PodSecurityRefused', text: /violates PodSecurity/ },
  ],
  [
    'an admission webhook that refuses',
    { jobEvent: ['FailedCreate', 'admission webhook "policy" denied the request: no'] },
    { phase: 'Failed', reason: 'AdmissionRefused', text: /denied the request/ },
  ],
  [
    'an operator without the right',
    { jobEvent: ['FailedCreate', 'pods is forbidden: User "operator" cannot create resource "pods"'] },
    { phase: 'Failed', reason: 'Forbidden', text: /cannot create/ },
  ],
  [
    'a secret that is missing',
    { pod: pending(), podEvent: ['FailedMount', 'secret "token" not found'] },
    { phase: 'Waiting', text: /secret "token" not found/ },
  ],
  [
    'an init container that fails',
    {
      pod: {
        phase: 'Pending',
        initContainerStatuses: [
          {
            name: 'i',
            image: 'i',
            imageID: '',
            ready: false,
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
          },
        ],
      },
    },
    { phase: 'Failed', reason: 'InitContainerFailed', text: /init container i/ },
  ],
  [
    'too little memory',
    { pod: container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }), ended: true },
    { phase: 'Failed', reason: 'OOMKilled', text: /exit code 137/ },
  ],
  [
    'an eviction',
    { pod: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }, ended: true },
    { phase: 'Failed', reason: 'Evicted', text: /low on resource/ },
  ],
  [
    'a node that went away',
    { pod: { phase: 'Failed', reason: 'NodeLost', message: 'Node gone' }, ended: true },
    { phase: 'Failed', reason: 'NodeLost', text: /Node gone/ },
  ],
  [
    'an exit code',
    { pod: container({ terminated: { exitCode: 3, reason: 'Error', message: 'last words' } }), ended: true },
    { phase: 'Failed', reason: 'NonZeroExit', text: /exit code 3: last words/ },
  ],
  ['an operator that is silent', {}, { phase: 'Waiting', text: /(operator|controller) to/ }],
];

describe.each(STAGES)('a job of stage %s', (stage) => {
  const { kind } = JOB_KINDS[stage];
  const { group, version, plural, cluster } = KINDS[kind];
  const admin = () => admins.get(cluster) ?? expect.fail('the cluster did not start');
  const namespace = 'landfall';

  /** A fresh run whose job was submitted. */
  async function submitted() {
    const batchId = `20260101-${String(++runs).padStart(6, '0')}-abcdef`;
    const runId = `iris-${batchId}`;
    const images = { spark: 'r/i@sha256:1', training: 'r/i@sha256:1', serving: 'r/i@sha256:1' };
    const pipeline = pipelineSchema.parse({
      name: 'iris',
      landing: { prefix: 'iris/' },
      sources: [{ name: 'web', type: 'script' }],
    });
    const collection = { pipeline, source: pipeline.sources[0], image: images.spark };
    const pinned: PinnedRun = {
      runId,
      pipeline,
      batch: { pipeline: 'iris', batchId, runId, createdAt: '', files: [] },
      codeDigest: 'c',
      images,
    };
    const lake = {
      async read(path: string) {
        const found = { 'pinned.json': pinned, 'collection.json': collection }[path.slice(path.lastIndexOf('/') + 1)];
        return found && Buffer.from(JSON.stringify(found));
      },
      write: async (path: string, text: string) => ((written[path] = text), true),
    };
    const clients = {
      lake,
      landing: { dropOlder: async () => undefined },
      sources: { get: async () => undefined },
      runs: { cancelRequested: async () => false },
      cluster: (name: ClusterName) => apps.get(name),
    };
    const context = { clients, lakeUrl: 'https://lake' } as unknown as ActivityContext;
    const ref = { runId, stage, attempt: 1 };
    const job = { pipeline: 'iris', source: 'web', runId, attempt: 1 };
    const submit = () => (stage === 'collect' ? submitCollectJob(context, job) : submitJob(context, { ...ref, stage }));
    const submission = await submit();
    expect(submission).not.toHaveProperty('refused');
    expect(submission).not.toHaveProperty('waking');
    return { context, ref, name: jobName(runId, stage, 1), submit };
  }

  async function happen(runId: string, job: string, { pod, podEvent, jobEvent, ended }: Trouble): Promise<void> {
    const { core, objects } = admin();
    const name = `${job}-pod`;
    if (pod) {
      const labels = { [LABELS.run]: runId, [LABELS.stage]: stage };
      const containers = [{ name: 'c', image: 'i' }];
      await core.createNamespacedPod({ namespace, body: { metadata: { name, labels }, spec: { containers } } });
      const found = await core.readNamespacedPod({ namespace, name });
      await core.replaceNamespacedPodStatus({ namespace, name, body: { ...found, status: pod } });
    }
    for (const [about, event] of [
      [name, podEvent],
      [job, jobEvent],
    ] as const) {
      if (!event) continue;
      const [reason, message] = event;
      const involvedObject = { kind: 'Pod', name: about, namespace };
      const body = { metadata: { name: `${about}.1`, namespace }, involvedObject, reason, message, type: 'Warning' };
      await core.createNamespacedEvent({ namespace, body });
    }
    if (ended) {
      const failed = { type: 'Failed', status: 'True', message: 'job failed' };
      const status = {
        process: { driverInfo: {}, applicationState: { state: 'FAILED', errorMessage: 'driver failed' } },
        train: { conditions: [{ ...failed, reason: 'PyTorchJobFailed' }] },
        collect: { failed: 1, conditions: [{ ...failed, reason: 'BackoffLimitExceeded' }] },
      }[stage];
      const at = { group, version, plural, namespace, name: job };
      const found = (await objects.getNamespacedCustomObject(at)) as object;
      await objects.replaceNamespacedCustomObjectStatus({ ...at, body: { ...found, status } });
    }
  }

  test('is refused where a stranger has its name, and is not where it is there already', async () => {
    const { name, submit } = await submitted();
    expect(await submit()).not.toHaveProperty('refused');
    const { objects } = admin();
    const at = { group, version, plural, namespace, name };
    const { metadata, ...ours } = (await objects.getNamespacedCustomObject(at)) as { metadata: object; spec: object };
    await objects.deleteNamespacedCustomObject(at);
    const body = { ...ours, metadata: { name, annotations: { 'landfall.dev/spec-hash': 'other' } } };
    await objects.createNamespacedCustomObject({ ...at, body });
    expect(metadata).toHaveProperty('annotations');
    expect(await submit()).toMatchObject({
      refused: {
        reason: 'NameTaken',
        message: expect.stringContaining(`${kind} ${name} is there already and is not ours`) as string,
        hint: expect.stringContaining('delete it on the cluster, then rerun') as string,
      },
    });
  });

  test.each(TROUBLES)('%s is told with its reason and a hint', async (_, trouble, { phase, reason, text }) => {
    const { context, ref, name } = await submitted();
    await happen(ref.runId, name, trouble);
    const seen = await observeJob(context, ref);
    expect(seen).toMatchObject({
      phase,
      ...(reason !== undefined && { reason }),
      hint: expect.stringMatching(/\w/) as string,
    });
    expect('message' in seen ? seen.message : 'detail' in seen && seen.detail).toMatch(text);
  });
});
