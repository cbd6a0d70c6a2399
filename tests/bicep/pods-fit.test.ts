import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KINDS, type Kind } from '../../shared/manifests/kinds.ts';
import { poolsFor, type Asks } from './nodes.ts';
import { at, ENVIRONMENTS, listAt, snapshot } from './snapshot.ts';

const UNITS: Record<string, number> = { '': 1, m: 1e-3, Mi: 2 ** 20, Gi: 2 ** 30 };
const GOLDEN = resolve(import.meta.dirname, '../../shared/manifests/golden');
const manifests = readdirSync(GOLDEN).map((file) => {
  const manifest = parse(readFileSync(join(GOLDEN, file), 'utf8')) as { kind: Kind };
  return { file, cluster: KINDS[manifest.kind].cluster, pods: podsOf(manifest) };
});
const WORK = { 'data-processing': 'spark', training: 'cpu', serving: 'serve' };

describe.each(ENVIRONMENTS)('nodes of %s', (environment) => {
  const made = snapshot(environment);

  test.each(manifests)('take the pods of $file, and system pools do not', ({ cluster, pods }) => {
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) expect(poolsFor(made, cluster, pod)).toEqual([WORK[cluster]]);
  });

  test('take pods that ask for a GPU where there are GPUs, and nowhere else', () => {
    const [pod] = manifests.find(({ file }) => file === 'iris-train.yaml')?.pods ?? [];
    if (!pod) throw new Error('there is no pod that trains');
    const tolerations = [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }];
    const wanted = environment === 'dev' ? [] : ['gpu'];
    expect(poolsFor(made, 'training', { ...pod, gpus: 1, tolerations })).toEqual(wanted);
  });
});

/** The pods that the operators make of a manifest. */
function podsOf(manifest: unknown): Asks[] {
  switch (at(manifest, 'kind')) {
    case 'Job':
      return [asksOf(at(manifest, 'spec.template.spec'))];
    case 'PyTorchJob':
      return Object.values(at(manifest, 'spec.pytorchReplicaSpecs') as object).map((replica) =>
        asksOf(at(replica, 'template.spec')),
      );
    case 'InferenceService':
      return [asksOf(at(manifest, 'spec.predictor'))];
    case 'SparkApplication':
      return [sparkPod(at(manifest, 'spec.driver')), sparkPod(at(manifest, 'spec.executor'))];
    default:
      throw new Error(`nobody knows the pods of a ${String(at(manifest, 'kind'))}`);
  }
}

function asksOf(spec: unknown): Asks {
  const sum = (resource: string) =>
    listAt(spec, 'containers')
      .map((container) => quantity(at(container, 'resources.requests') as Record<string, string>, resource))
      .reduce((total, each) => total + each, 0);
  return { cpu: sum('cpu'), gibibytes: sum('memory') / 2 ** 30, gpus: sum('nvidia.com/gpu'), ...placeOf(spec) };
}

/** Spark adds two fifths to the memory of Python. https://spark.apache.org/docs/4.0.0/running-on-kubernetes.html */
function sparkPod(role: unknown): Asks {
  const memory = /^(\d+)(g|m)$/.exec(String(at(role, 'memory')));
  const gibibytes = (Number(memory?.[1]) / (memory?.[2] === 'm' ? 1024 : 1)) * 1.4;
  return { cpu: Number(at(role, 'cores')), gibibytes, gpus: 0, ...placeOf(role) };
}

function placeOf(spec: unknown): Pick<Asks, 'tolerations' | 'terms' | 'selector'> {
  const required = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  return {
    tolerations: listAt(spec, 'tolerations'),
    terms: listAt(spec, required).map((term) => listAt(term, 'matchExpressions')),
    selector: (at(spec, 'nodeSelector') ?? {}) as Record<string, string>,
  };
}

function quantity(requests: Record<string, string>, resource: string): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)(m|Mi|Gi)?$/.exec(requests[resource] ?? '0') ?? [];
  return Number(amount) * (UNITS[unit] ?? NaN);
}
