import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { pytorchJob } from '../../shared/manifests/pytorch-job.ts';
import type { JobSpec } from '../../shared/manifests/job-spec.ts';
import { parsePipeline } from '../../shared/parse-pipeline.ts';
import { NAMESPACE } from '../../shared/names.ts';
import { ROOT } from '../kit/running-platform.ts';
import { outcome } from './tools.ts';

const folderOf = (cluster: string) => join(ROOT, 'workloads/clusters', cluster);
const valuesOf = (cluster: string, file: string) =>
  parse(readFileSync(join(folderOf(cluster), file), 'utf8')) as Record<string, never>;

/** The steps of a cluster as bash reads them, which is what installs them. */
async function steps(cluster: string): Promise<string[][]> {
  const script = `while read -r step a b c d e; do printf '%s|%s|%s|%s|%s|%s\\n' "$step" "$a" "$b" "$c" "$d" "$e"; done < <(sed 's/#.*//' operators.txt)`;
  const { stdout } = await outcome('bash', ['-c', script], { cwd: folderOf(cluster) });
  return stdout
    .split('\n')
    .map((line) => line.split('|').filter(Boolean))
    .filter(([step]) => step !== undefined);
}

const WORDS: Record<string, number> = { helm: 6, apply: 3, kustomize: 3, wait: 4 };

/** Kinds that an operator brings: those of Kubernetes itself have no domain in their group. */
const OPERATED = Object.values(KINDS).filter(({ group }) => group.includes('.'));

describe.each(OPERATED)('operators of $cluster', ({ cluster, plural, group }) => {
  const named = async (step: string) => (await steps(cluster)).filter(([first]) => first === step);

  test('each line is a step of the form that README.md gives', async () => {
    const all = await steps(cluster);
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter(([step = '', ...words]) => WORDS[step] !== words.length + 1)).toEqual([]);
    // The sixth word takes what is left of a line that has too many.
    expect(all.flat().filter((word) => /\s/.test(word))).toEqual([]);
  });

  test('each version is one, and every source lies under its version or beside the file', async () => {
    for (const [, , , version, repository] of await named('helm')) {
      expect(version).toMatch(/^v?\d+\.\d+\.\d+$/);
      expect(repository).toMatch(/^(https|oci):\/\/[\w./-]+$/);
    }
    for (const [, , source = ''] of [...(await named('apply')), ...(await named('kustomize'))]) {
      if (source.startsWith('https://')) expect(source).toMatch(/[-=]v\d+\.\d+\.\d+(\/|$)/);
      else expect(existsSync(join(folderOf(cluster), source))).toBe(true);
    }
  });

  test('each file with values or settings is there, can be read, and is used', async () => {
    const files = readdirSync(folderOf(cluster)).filter((file) => /\.(helm|settings)\.yaml$/.test(file));
    const words = (await steps(cluster)).flat();
    expect(words.filter((word) => word.endsWith('.helm.yaml') || word.endsWith('.settings.yaml')).sort()).toEqual(
      files,
    );
    for (const file of files)
      for (const document of parseAllDocuments(readFileSync(join(folderOf(cluster), file), 'utf8')))
        expect(document.errors).toEqual([]);
  });

  test('what the app submits is defined, and its operator runs, before anybody goes on', async () => {
    const waits = await named('wait');
    expect(waits).toContainEqual(['wait', '-', 'Established', `crd/${plural}.${group}`]);
    expect(waits.filter(([, namespace, condition]) => (condition === 'Available') === (namespace === '-'))).toEqual([]);
  });

  test('what is changed of an operator has a manager of its own, so that installing again keeps it', async () => {
    const managers = [...(await named('apply')), ...(await named('kustomize'))].map(([, manager, source = '']) => ({
      manager,
      isOurs: source.endsWith('.settings.yaml'),
    }));
    const ours = new Set(managers.filter(({ isOurs }) => isOurs).map(({ manager }) => manager));
    expect(managers.filter(({ manager, isOurs }) => !isOurs && ours.has(manager))).toEqual([]);
    const others = managers.filter(({ isOurs }) => !isOurs).map(({ manager }) => manager);
    expect(new Set(others).size).toBe(others.length);
  });
});

test('spark-operator looks after our namespace, and leaves service account and role to our documents', () => {
  expect(valuesOf('data-processing', 'spark-operator.helm.yaml')).toMatchObject({
    spark: { jobNamespaces: [NAMESPACE], serviceAccount: { create: false }, rbac: { create: false } },
    webhook: { enable: true },
  });
});

interface Settings {
  kind: string;
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
  spec?: object;
}
const settingsOf = (cluster: string, file: string) =>
  parseAllDocuments(readFileSync(join(folderOf(cluster), file), 'utf8')).map((one) => one.toJS() as Settings);

test('Knative takes every field of a predictor’s pod', () => {
  const rollout = `{pods: {nodeSelector: {a: b}, tolerations: [{key: t}], spot: true, environment: {A: b}}}`;
  const parsed = parsePipeline(`name: iris\nlanding: {prefix: iris/}\nrollout: ${rollout}\n`, 'pipeline.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const { predictor } = inferenceService({ pipeline: parsed.pipeline, version: 'v', image: 'i', trafficPercent: 0 })
    .spec as { predictor: object };
  // Those of KServe itself, and those that Knative takes by itself.
  const ungated = ['canaryTrafficPercent', 'minReplicas', 'labels', 'containers', 'serviceAccountName'];
  const gated = Object.keys(predictor).filter((field) => !ungated.includes(field));
  expect(gated.sort()).toEqual(['affinity', 'nodeSelector', 'tolerations']);
  const features = settingsOf('serving', 'knative.settings.yaml').find(
    ({ metadata }) => metadata.name === 'config-features',
  );
  for (const field of gated)
    expect(features?.data).toHaveProperty([`kubernetes.podspec-${field.toLowerCase()}`], 'enabled');
});

test('Kourier’s load balancer has no public address, and installing it again leaves that so', async () => {
  const [service, ...others] = settingsOf('serving', 'kourier.settings.yaml');
  expect(others).toEqual([]);
  expect(service).toMatchObject({ kind: 'Service', metadata: { name: 'kourier', namespace: 'kourier-system' } });
  expect(service?.metadata.annotations).toEqual({ 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' });
  // A field that its own document has, such as its type, would go back and forth between the two.
  expect(service).not.toHaveProperty('spec');
  const all = await steps('serving');
  const release = all.findIndex(([, manager]) => manager === 'kourier');
  expect(all[release + 1]).toEqual(['apply', 'landfall', 'kourier.settings.yaml']);
});

test('the device plugin goes where jobs that ask for GPUs go', () => {
  const parsed = parsePipeline(
    'name: iris\nlanding: {prefix: iris/}\ntrain: {resources: {gpus: 1}}\n',
    'pipeline.yaml',
  );
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const job = { pipeline: parsed.pipeline, runId: 'iris-20260101-000000-abcdef', stage: 'train', attempt: 1 };
  const { Master } = pytorchJob(job as JobSpec).spec['pytorchReplicaSpecs'] as {
    Master: { template: { spec: { tolerations: unknown } } };
  };
  const { tolerations } = valuesOf('training', 'nvidia-device-plugin.helm.yaml');
  expect(tolerations).toEqual(Master.template.spec.tolerations);
});
