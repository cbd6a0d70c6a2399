import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, describe, expect, test } from 'vitest';
import { CPU_INDEX, JAR } from '../../local/setup/find.mjs';
import { buildCodeLayer, CODE_ROOT } from '../../shared/images/code-layer.ts';
import { ROOT } from '../kit/running-platform.ts';
import { findTool, outcome } from './tools.ts';

const IMAGES = join(ROOT, 'workloads/images');
const BASES = ['spark', 'training', 'serving'];
const dockerfile = (image: string) => readFileSync(join(IMAGES, image, 'Dockerfile'), 'utf8');
const hadolint = findTool('hadolint');
const shellcheck = findTool('shellcheck');
const folder = mkdtempSync(join(tmpdir(), 'landfall-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The instructions of a Dockerfile, continued lines joined and comments left out. */
const instructions = (image: string) =>
  dockerfile(image)
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter(Boolean);

/** A folder of programs that only note how they were called, each argument in brackets. */
function standIns(name: string, programs: Record<string, string>): { bin: string; calls: () => string[] } {
  const bin = join(folder, name);
  const log = join(bin, 'calls');
  mkdirSync(bin);
  writeFileSync(log, '');
  for (const [program, rest] of Object.entries(programs)) {
    const note = `printf '%s' ${program} >> '${log}'; printf ' [%s]' "$@" >> '${log}'; echo >> '${log}'`;
    writeFileSync(join(bin, program), `#!/bin/bash\n${note}\n${rest}\n`, { mode: 0o755 });
  }
  return { bin, calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) };
}

describe.each([...BASES, 'model'])('image %s', (image) => {
  test('runs as a numbered user that is not root, so that a cluster can tell', () => {
    const users = instructions(image).filter((line) => line.startsWith('USER '));
    expect(users.at(-1)).toMatch(/^USER [1-9]\d*$/);
  });

  test.skipIf(!hadolint)('pleases hadolint', async () => {
    expect(await outcome(hadolint ?? '', [join(IMAGES, image, 'Dockerfile')])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});

describe.each(BASES)('base image %s', (image) => {
  test('begins with a base of one version', () => {
    const [base, from, ...others] = instructions(image).filter((line) => /^(FROM|ARG BASE\b)/.test(line));
    expect([from, ...others]).toEqual(['FROM $BASE']);
    // build.sh takes name, tag and digest apart.
    expect(base).toMatch(/^ARG BASE=\w+:\d+\.\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}$/);
  });

  test('is built without BuildKit, which `az acr build` has not', () => {
    expect(instructions(image).filter((line) => /--mount|--chmod|--checksum|--link|<</.test(line))).toEqual([]);
    expect(dockerfile(image)).not.toMatch(/^#\s*syntax=/m);
  });

  test('holds the packages that tests ran with, and no cache of pip or apt', () => {
    const lock = readFileSync(join(ROOT, 'workloads/requirements.lock'), 'utf8');
    const [install = '', ...others] = instructions(image).flatMap((line) => line.match(/pip install .*?(?=&&)/g) ?? []);
    expect(others).toEqual([]);
    expect(install).toContain('--no-cache-dir --constraint /opt/landfall/requirements.lock');
    const packages = install
      .split(/\s+/)
      .filter((word, index, words) => /^[a-z]/.test(word) && !words[index - 1]?.startsWith('--'));
    const wanted = packages.filter((name) => !['pip', 'install'].includes(name));
    expect(wanted.length).toBeGreaterThan(2);
    expect(wanted.filter((name) => !lock.includes(`\n${name}==`))).toEqual([]);
    if (dockerfile(image).includes('apt-get install')) expect(dockerfile(image)).toContain('rm -rf /var/lib/apt/lists');
  });

  test('finds the code that the app puts on top', async () => {
    const env = instructions(image).find((line) => line.startsWith('ENV ') && line.includes('PYTHONPATH')) ?? '';
    const variables = Object.fromEntries([...env.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
    expect(variables).toMatchObject({ PYTHONPATH: `${CODE_ROOT}/runtime:${CODE_ROOT}/pipeline` });
    expect(variables['MODEL_DIR']).toBe(image === 'serving' ? '/mnt/models' : undefined);

    const root = join(folder, `${image}-root`);
    await unpackCode(root);
    const inRoot = String(variables['PYTHONPATH']).replaceAll(CODE_ROOT, join(root, CODE_ROOT));
    // What stands for the modules that need packages: that the module is found is the question here.
    const find =
      'import importlib.util as u; print([u.find_spec(name).origin for name in ("landfall_runtime.job", "train")])';
    const { stdout } = await outcome('python3', ['-c', find], { env: { ...process.env, PYTHONPATH: inRoot } });
    expect(stdout).toContain(join(root, CODE_ROOT, 'runtime/landfall_runtime/job.py'));
    expect(stdout).toContain(join(root, CODE_ROOT, 'pipeline/train.py'));
  });
});

async function unpackCode(root: string): Promise<void> {
  const pipelines = join(ROOT, 'workloads/pipelines/iris');
  const { blob } = await buildCodeLayer(join(ROOT, 'workloads/runtime'), pipelines);
  const archive = extract();
  archive.end(gunzipSync(blob));
  for await (const entry of archive) {
    const path = join(root, entry.header.name);
    if (entry.header.type === 'directory') mkdirSync(path, { recursive: true });
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file') writeFileSync(path, Buffer.concat(chunks));
  }
}

test('Spark and its ABFS driver are those of the manifests and of the local platform', () => {
  const lock = readFileSync(join(ROOT, 'workloads/requirements.lock'), 'utf8');
  const manifest = readFileSync(join(ROOT, 'shared/manifests/spark-application.ts'), 'utf8');
  const spark = /^pyspark==(\S+)$/m.exec(lock)?.[1];
  expect(/SPARK_VERSION = '(.+)'/.exec(manifest)?.[1]).toBe(spark);
  expect(dockerfile('spark')).toContain(`Spark ${spark} of pyspark`);
  const argument = (name: string) => new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(dockerfile('spark'))?.[1];
  expect(JAR.path).toContain(`/hadoop-azure-${argument('HADOOP_AZURE')}.jar`);
  expect(JAR.sha256).toBe(argument('HADOOP_AZURE_SHA256'));
  expect(dockerfile('serving')).toContain(CPU_INDEX);
});

describe("Spark's entry point", () => {
  const { bin, calls } = standIns('spark-bin', { tini: 'shift 2; exec "$@"', java: '', 'spark-submit': '', other: '' });
  const run = (args: string[], env: Record<string, string> = {}) =>
    outcome('bash', [join(IMAGES, 'spark/entrypoint.sh'), ...args], {
      cwd: folder,
      env: { PATH: `${bin}${delimiter}${process.env['PATH']}`, SPARK_HOME: dirname(bin), ...env },
    });

  test('a driver is submitted in client mode with all of its arguments', async () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/spark-submit'), '#!/bin/bash\nexec spark-submit "$@"\n', { mode: 0o755 });
    const { code } = await run(['driver', '--class', 'a.B', 'local:///a b.py'], {
      SPARK_DRIVER_BIND_ADDRESS: '10.0.0.1',
    });
    expect(code).toBe(0);
    expect(calls().at(-1)).toBe(
      'spark-submit [--conf] [spark.driver.bindAddress=10.0.0.1] [--conf] [spark.executorEnv.SPARK_DRIVER_POD_IP=10.0.0.1] [--deploy-mode] [client] [--class] [a.B] [local:///a b.py]',
    );
  });

  const executor = {
    ...{
      SPARK_EXECUTOR_MEMORY: '1g',
      SPARK_DRIVER_URL: 'spark://d',
      SPARK_EXECUTOR_ID: '2',
      SPARK_EXECUTOR_CORES: '3',
    },
    ...{ SPARK_APPLICATION_ID: 'app', SPARK_EXECUTOR_POD_IP: '10.0.0.2', SPARK_RESOURCE_PROFILE_ID: '0' },
  };
  test('an executor gets its options in order, each as one word', async () => {
    const options = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`SPARK_JAVA_OPT_${i}`, `-Do${i}=a b`]));
    await run(['executor'], {
      ...executor,
      ...options,
      SPARK_EXECUTOR_POD_NAME: 'pod',
      SPARK_CONF_DIR: '/opt/spark/conf',
    });
    const [, ...words] = (calls().at(-1) ?? '').split(/ (?=\[)/);
    const given = Object.values(options).map((option) => `[${option}]`);
    expect(words.slice(0, 14)).toEqual([...given, '[-Xms1g]', '[-Xmx1g]', '[-cp]']);
    expect(words[14]).toContain(`[/opt/spark/conf::${dirname(bin)}/jars/*`);
    expect(words.slice(15).join(' ')).toBe(
      '[org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend] [--driver-url] [spark://d] [--executor-id] [2] [--cores] [3] [--app-id] [app] [--hostname] [10.0.0.2] [--resourceProfileId] [0] [--podName] [pod]',
    );
  });

  test('an executor that lacks a variable says which, and anything else is run as it is', async () => {
    expect(await run(['executor'], executor)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SPARK_EXECUTOR_POD_NAME') as string,
    });
    expect((await run(['other', 'a b'])).code).toBe(0);
    expect(calls().at(-1)).toBe('other [a b]');
  });
});

describe('build.sh', () => {
  // Nothing else is on the PATH, not even a real az.
  const build = (bin: string, ...args: string[]) =>
    outcome('/bin/bash', [join(IMAGES, 'build.sh'), ...args], {
      env: { PATH: `${bin}${delimiter}${programs}`, LANDFALL_WAIT_SECONDS: '0' },
    });
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const name of ['bash', 'cat', 'dirname', 'sleep']) symlinkSync(findTool(name) ?? '', join(programs, name));
  const base = /^ARG BASE=(\S+)$/m.exec(dockerfile('spark'))?.[1] ?? '';
  const [tagged = '', digest = ''] = base.split('@');
  const call = (image: string) =>
    `az [acr] [build] [--registry] [reg] [--image] [${image}:base] [--platform] [linux/amd64] [--build-arg] [BASE=reg.azurecr.io/${base}] [--file] [images/${image}/Dockerfile] [.]`;
  const look = `az [acr] [repository] [show] [--name] [reg] [--image] [python@${digest}] [--output] [none]`;
  const copy = `az [acr] [import] [--name] [reg] [--source] [docker.io/library/python@${digest}] [--image] [${tagged}] [--force]`;

  test('builds all images in order, from the folder that their paths are meant from', async () => {
    const { bin, calls } = standIns('az-all', {
      az: '[[ $2 != build ]] || { test -f requirements.lock && test -f "${12}"; }',
    });
    expect(await build(bin, 'reg.azurecr.io')).toMatchObject({ code: 0, stderr: '' });
    expect(calls()).toEqual(BASES.flatMap((image) => [look, call(image)]));
  });

  test('builds one image', async () => {
    const { bin, calls } = standIns('az-one', { az: '' });
    expect((await build(bin, 'reg', '--image', 'training')).code).toBe(0);
    expect(calls()).toEqual([look, call('training')]);
  });

  test('brings what an image is based on into the registry first, and asks again where that is refused', async () => {
    const { bin, calls } = standIns('az-copies', {
      az: `[[ $2 == build ]] || { [[ $2 == import ]] && [[ $(<"\${0%/*}/calls") == *import*import* ]]; }`,
    });
    expect((await build(bin, 'reg', '--image', 'serving')).code).toBe(0);
    expect(calls()).toEqual([look, copy, copy, call('serving')]);
  });

  test('says how to go on where Docker Hub goes on refusing', async () => {
    const { bin, calls } = standIns('az-refused', { az: '[[ $2 == build ]]' });
    const { code, stderr } = await build(bin, 'reg');
    expect(code).toBe(1);
    expect(stderr).toContain(`${base} was not imported`);
    expect(stderr).toContain('--username USER --password TOKEN');
    expect(calls()).toEqual([look, copy, copy, copy]);
  });

  test('stops at the first image that fails, and says how to go on', async () => {
    const { bin, calls } = standIns('az-fails', { az: '[[ $* != *training* ]]' });
    const { code, stderr } = await build(bin, 'reg');
    expect(code).toBe(1);
    expect(stderr).toContain('training:base was not built');
    expect(stderr).toContain('--image training');
    expect(calls()).toEqual(['spark', 'training'].flatMap((image) => [look, call(image)]));
  });

  test.each([
    [['--help'], 0, 'Usage:'],
    [[], 2, 'The name of the registry is missing.'],
    [['reg', '--image', 'spark training'], 2, "not 'spark training'"],
    [['reg', '--image'], 2, '--image must be one of'],
    [['reg', '--fast'], 2, 'There is no option --fast.'],
    [['reg', 'other'], 2, 'Only one registry'],
    [['reg'], 1, 'The Azure CLI is not installed.'],
  ])('%j', async (args, expected, words) => {
    const { code, stdout, stderr } = await build(folder, ...args);
    expect(code).toBe(expected);
    expect(stdout + stderr).toContain(words);
  });
});

const scripts = ['build.sh', ...readdirSync(join(IMAGES, 'spark')).map((file) => `spark/${file}`)].filter((file) =>
  file.endsWith('.sh'),
);
test('the images are based on one and the same', () => {
  expect(new Set(BASES.map((image) => /^ARG BASE=(\S+)$/m.exec(dockerfile(image))?.[1])).size).toBe(1);
});

test.skipIf(!shellcheck).each(scripts)('shellcheck finds nothing in %s', async (file) => {
  expect(await outcome(shellcheck ?? '', [join(IMAGES, file)])).toEqual({ code: 0, stdout: '', stderr: '' });
});
