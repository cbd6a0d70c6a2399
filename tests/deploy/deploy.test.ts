import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bicep, noCompiler, TEMPLATES } from '../bicep/compiler.ts';
import { ROOT } from '../kit/running-platform.ts';
import { Azure, DEV_PARAMETERS, SUBSCRIPTION, type Answer } from './command.ts';

const DEPLOY = 'bicep/deploy-infrastructure.sh';
/** What changes something in Azure, on a cluster or here. */
const CHANGES =
  /^(kubectl (apply|delete)|helm upgrade|npm (ci|run)|az (provider register|deployment (sub|group) create|acr build|aks start|functionapp deployment))/;
const changes = (calls: string[]) => calls.filter((call) => CHANGES.test(call));
const count = (calls: string[], text: string) => calls.filter((call) => call.includes(text)).length;
const DEVICE_PLUGIN = 'nvidia-device-plugin';
const broken: Omit<Answer, 'call'> = { status: 1, stderr: 'ERROR: (Conflict) It is broken.' };
const notYet = "ERROR: (AuthorizationFailed) The client 'me' does not have authorization to perform this action.";

/** The calls that workloads/clusters/README.md gives for the steps of a cluster; dev has no GPU to offer to pods. */
function stepsOf(cluster: string): string[] {
  const lines = readFileSync(join(ROOT, 'workloads/clusters', cluster, 'operators.txt'), 'utf8').split('\n');
  const steps = lines.map((line) => line.replace(/#.*/, '').trim().split(/\s+/)).filter(([step]) => step);
  return steps.flatMap(([step, a, b = '', c, d = '', e]) => {
    if (b === DEVICE_PLUGIN) return [];
    if (step === 'wait')
      return [`kubectl wait --for condition=${b} ${c} --timeout 10m${a === '-' ? '' : ` --namespace ${a}`}`];
    const apply = `kubectl apply --server-side --force-conflicts --field-manager ${a}`;
    if (step !== 'helm') return [`${apply} ${step === 'kustomize' ? '-k' : '-f'} ${b}`];
    const source = d.startsWith('oci://') ? `${d}/${b}` : `${b} --repo ${d}`;
    const values = e === '-' ? '' : ` --values ${e}`;
    return [
      `kubectl delete secret --namespace ${a}`,
      `helm upgrade --install ${b} ${source}${values} --namespace ${a} --create-namespace --version ${c}`,
    ];
  });
}

describe('a subscription with nothing in it', () => {
  test('gets everything in order', async () => {
    const { code, out, err, calls } = await new Azure().deploy();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const cluster = (name: string) => [
      `az aks get-credentials --resource-group landfall-dev --name landfall-dev-${name}`,
      'kubectl apply --server-side -k .',
      ...stepsOf(name),
    ];
    const image = (name: string) => `az acr build --registry landfallabc --image ${name}:base`;
    const expected = [
      'az provider register --namespace Microsoft.EventGrid --wait',
      `az deployment sub create --name landfall-dev --location swedencentral --parameters ${TEMPLATES}/dev.bicepparam`,
      ...['spark', 'training', 'serving'].map(image),
      ...['data-processing', 'training', 'serving'].flatMap(cluster),
      'npm ci',
      'npm run package',
      'az functionapp deployment source config-zip --resource-group landfall-dev --name landfall-dev-abc --src dist/landfall.zip',
      `az deployment group create --resource-group landfall-dev --name landfall-dev-eventing --parameters ${TEMPLATES}/eventing-dev.bicepparam`,
      'npm run --silent doctor -- --api https://landfall-dev-abc.azurewebsites.net',
    ];
    const made = calls.filter((call) => CHANGES.test(call) || /kubectl wait|get-credentials/.test(call));
    expect(made).toEqual(expected.map((text) => expect.stringContaining(text)));
    expect(out).toContain('Landfall dev is up: https://landfall-dev-abc.azurewebsites.net');
  });

  test('is told first what it gets, what that costs idle, and what it takes', async () => {
    const { out } = await new Azure().deploy();
    const plan = out.slice(0, out.indexOf('== Sign-in'));
    expect(plan).toContain('cluster data-processing: 0 to 2 nodes Standard_D4ds_v5');
    expect(plan).toMatch(/Idle cost: about \d+ US dollars a month/);
    expect(plan).toMatch(/Rights: +Owner[\s\S]*Take down: +bicep\/destroy-infrastructure.sh/);
  });

  test.skipIf(noCompiler).for([
    ['dev', 6],
    ['test', 7],
    ['prod', 7],
  ] as const)(
    'is told the nodes that the templates of %s make, in %i pools',
    { timeout: 60_000 },
    async ([name, pools]) => {
      const azure = new Azure();
      const compiled = join(azure.folder, 'compiled.json');
      writeFileSync(compiled, bicep(TEMPLATES, 'build-params', `${name}.bicepparam`, '--stdout').stdout);
      const answers = [{ call: 'az bicep build-params *', stdout: `@${compiled}` }];
      const env = { LANDFALL_ALLOWED_ADDRESSES: '203.0.113.0/24' };
      const { out } = await azure.deploy(['--env', name, '--what-if'], answers, env);
      expect(out.match(/cluster [\w-]+: \d+ to \d+ nodes Standard_\w+/g)).toHaveLength(pools);
    },
  );

  test('has its identities filled into the documents of each cluster', async () => {
    const { out } = await new Azure().deploy();
    expect(out.match(/^data: .*/gm)).toEqual(
      ['spark', 'train', 'serve'].map(
        (client) => `data: {appObjectId: object-of-app, workloadClientId: client-of-${client}}`,
      ),
    );
  });

  test('gets what offers GPUs to pods where it has GPUs', async () => {
    const outputs = readFileSync(join(import.meta.dirname, 'stand-ins/azure.txt'), 'utf8');
    const [, dev = ''] = /deployment sub show \*outputs\* .*\| (\S+) \|$/m.exec(outputs) ?? [];
    const stdout = dev.replace(/none$/, 'nvidia');
    const { code, calls } = await new Azure().deploy(['--yes'], [{ call: 'az deployment sub show *outputs*', stdout }]);
    expect({ code, installed: count(calls, `helm upgrade --install ${DEVICE_PLUGIN}`) }).toEqual({
      code: 0,
      installed: 1,
    });
  });

  test('is never shown the key of the app', async () => {
    const { out, err, calls } = await new Azure().deploy();
    expect([out, err, ...calls].filter((text) => text.includes('the-key'))).toEqual([]);
  });

  test('every call of the Azure CLI names the subscription', async () => {
    const { calls } = await new Azure().deploy();
    const azure = calls.filter((call) => call.startsWith('az '));
    expect(azure.filter((call) => !call.includes(`--subscription ${SUBSCRIPTION}`))).toEqual([]);
  });

  test('registers whatever the templates have types of', () => {
    const script = readFileSync(join(TEMPLATES, 'lib/checks.sh'), 'utf8');
    const registered = /providers=\(([^)]*)\)/.exec(script)?.[1]?.split(/\s+/);
    const files = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.bicep'),
    );
    const used = files.flatMap((file) => {
      const types = readFileSync(join(TEMPLATES, file), 'utf8').matchAll(/'Microsoft\.(\w+)\/[\w/]+@/g);
      return [...types].map(([, namespace]) => namespace);
    });
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((namespace) => !registered?.includes(namespace ?? ''))).toEqual([]);
  });
});

describe('run again', () => {
  test('leaves what is there: nothing is registered, no name asked about, no image built', async () => {
    const azure = new Azure();
    await azure.deploy();
    const { code, out, calls } = await azure.deploy();
    expect(code).toBe(0);
    expect(calls.filter((call) => /provider register|check-name|acr build/.test(call))).toEqual([]);
    expect(out).toMatch(
      /== Resource providers\nAlready there[\s\S]*Already there: the clusters[\s\S]*Already there: spark:base/,
    );
  });

  test('starts a stopped cluster before anything is deployed to it', async () => {
    const { calls } = await new Azure().has('group').deploy();
    expect(changes(calls).slice(1, 3)).toEqual([
      expect.stringContaining('az aks start --resource-group landfall-dev --name landfall-dev-training'),
      expect.stringContaining('az deployment sub create'),
    ]);
  });

  // A budget's first month cannot be changed: with the running month the second deployment would be refused.
  test.skipIf(!existsSync('/proc/self/environ'))('keeps the first month of the budget', async () => {
    const azure = new Azure();
    const answers = [{ call: 'az deployment sub create *', makes: 'group', stdout: '@/proc/self/environ' }];
    const month = async () => /LANDFALL_BUDGET_START=([\d-]+)/.exec((await azure.deploy(['--yes'], answers)).out)?.[1];
    expect(await month()).toMatch(/^\d{4}-\d\d-01$/);
    expect(await month()).toBe('2026-09-01');
  });

  test.each([
    ['Resource providers', 'az provider register *'],
    ['Rights', 'az rest --method get *permissions*'],
    ['Region and quota', 'az vm list-skus *'],
    ['Names', 'az deployment sub what-if *'],
    ['Stopped clusters', 'az aks start *'],
    ['Azure resources', 'az deployment sub create *'],
    ['Base images', 'az acr build *training:base*'],
    ['Cluster data-processing', 'kubectl apply --server-side -k .'],
    ['Cluster training', 'kubectl wait *deployment/training-operator*'],
    ['Cluster serving', 'helm upgrade *kserve-resources*'],
    ['App', 'npm ci'],
    ['App', 'npm run package'],
    ['App', 'az functionapp deployment source config-zip *'],
    ['Events', 'az deployment group create *'],
    ['Check-up', 'npm run --silent doctor *'],
  ])('after a failure at %s (%s) goes on from there', async (step, call) => {
    const azure = new Azure();
    if (step === 'Stopped clusters') azure.has('group');
    const failed = await azure.deploy(['--yes'], [{ call, ...broken }]);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('It is broken.');
    expect(failed.err).toMatch(/This failed: (az|npm|helm|kubectl|\/)/);
    expect(failed.err).toContain(`Stopped at: ${step}. Go on with:\n  ${join(ROOT, DEPLOY)} ${SUBSCRIPTION} --yes\n`);

    const { code, err, calls } = await azure.deploy();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const image of ['spark', 'training', 'serving']) {
      const built = count([...failed.calls, ...calls], `acr build --registry landfallabc --image ${image}:base`);
      expect(built).toBe(call.includes(`${image}:base`) ? 2 : 1);
    }
  });
});

describe('what passes by itself is waited for', () => {
  test.each([
    ['a role on the subscription', 'az deployment sub create *', notYet],
    ['a role on the registry', 'az acr build *', 'ERROR: Forbidden'],
    [
      'a custom role that is not everywhere yet',
      'az deployment sub create *',
      'ERROR: RoleDefinitionDoesNotExist: The specified role definition with ID 1 does not exist.',
    ],
    [
      'a change of the network that is under way',
      'az deployment sub create *',
      'ERROR: AnotherOperationInProgress: Another operation on this or dependent resource is in progress.',
    ],
    [
      'a change of the storage account that is under way',
      'az deployment sub create *',
      'ERROR: StorageAccountOperationInProgress: An operation is currently performing on this storage account.',
    ],
    [
      'a role on a cluster',
      'kubectl apply --server-side -k .',
      'Error from server (Forbidden): namespaces is forbidden: User "me" cannot patch',
    ],
    [
      'a webhook that does not answer yet',
      'kubectl apply *knative.settings.yaml',
      'Internal error occurred: failed calling webhook "config.webhook": connection refused',
    ],
    [
      'a definition that is not there yet',
      'kubectl wait *pytorchjobs*',
      'Error from server (NotFound): customresourcedefinitions "pytorchjobs" not found',
    ],
    [
      'the address of the new app',
      'az functionapp deployment source *',
      "Failed to resolve 'landfall-dev-abc.scm.azurewebsites.net'",
    ],
    [
      'the role on the packages',
      'az functionapp deployment source *',
      'ERROR: An error occured during deployment. Status Code: 403',
    ],
    [
      'the handshake of Event Grid',
      'az deployment group create *',
      'ERROR: URL validation: the endpoint handshake failed',
    ],
    ['the roles of the app', 'npm run --silent doctor *', ''],
  ])('%s', async (_, call, stderr) => {
    const { code, err } = await new Azure().deploy(['--yes'], [{ call, times: 3, status: 1, stderr }]);
    expect(code).toBe(0);
    expect(err.match(/Not yet, once more in 0 s/g)).toHaveLength(3);
  });

  test('Docker Hub, which refuses on the standard output of the builder', async () => {
    const refused = 'toomanyrequests: You have reached your unauthenticated pull rate limit.';
    const said = `Step 1/9 : FROM python\\n${refused}\\nRun ID: ca1 failed after 9s.`;
    const answer = { call: 'az acr build *', status: 1, stdout: said, stderr: 'ERROR: Run failed' };
    const passing = await new Azure().deploy(['--yes'], [{ ...answer, times: 2 }]);
    expect({ code: passing.code, tries: count(passing.calls, 'acr build') }).toEqual({ code: 0, tries: 5 });
    expect(passing.err).toContain(`Not yet, once more in 0 s (1 of 20): ${refused}`);
    const lasting = await new Azure().deploy(['--yes'], [answer]);
    expect(lasting.code).toBe(1);
    expect(lasting.err).toContain('Docker Hub refuses pulls without sign-in for now: try again in some hours.');
  });

  test('functions that the host has not indexed yet', async () => {
    const answers = [{ call: 'az functionapp function list *', times: 2, stdout: 'landfall-dev-abc/health' }];
    const { code, err, calls } = await new Azure().deploy(['--yes'], answers);
    expect(code).toBe(0);
    expect(err).toContain('the host has no function landingBlobCreated');
    expect(count(calls, 'functionapp function list')).toBe(3);
  });

  test('not for ever', async () => {
    const { code, err, calls } = await new Azure().deploy(
      ['--yes'],
      [{ call: 'kubectl apply *', status: 1, stderr: notYet }],
    );
    expect(code).toBe(1);
    expect(count(calls, 'kubectl apply')).toBe(20);
    expect(err).toContain('A right is missing: Owner, or Contributor and User Access Administrator');
  });

  test('a deployment that is still at work', async () => {
    const running = [{ call: 'az deployment sub show *provisioningState*', stdout: 'Running' }];
    const { code, calls } = await new Azure().has('group').deploy(['--yes'], running);
    expect(code).toBe(0);
    const wait = calls.findIndex((call) => call.startsWith('az deployment sub wait --name landfall-dev --created'));
    expect(wait).toBeGreaterThan(-1);
    expect(calls.findIndex((call) => call.startsWith('az deployment sub create'))).toBeGreaterThan(wait);
  });

  test('a resource group that is being deleted', async () => {
    const deleting = [{ call: 'az group show *', stdout: 'swedencentral Deleting landfall' }];
    const { code, calls } = await new Azure().has('group').deploy(['--yes'], deleting);
    expect(code).toBe(0);
    expect(count(calls, 'az group wait --name landfall-dev --deleted')).toBe(1);
  });
});

describe('is refused before anything changes', () => {
  const skus = (...lines: string[]): Answer[] => [{ call: 'az vm list-skus *', stdout: lines.join('\\n') }];
  const there = { call: 'az group exists *', stdout: 'true' };

  test.each<[string, Answer[], RegExp]>([
    [
      'not signed in',
      [{ call: 'az account show *', status: 1, stderr: "Please run 'az login' to setup account." }],
      /not signed in[\s\S]*Run: az login/,
    ],
    [
      'signed in elsewhere',
      [{ call: 'az account show *', status: 1, stderr: 'Subscription not found.' }],
      /has no subscription 0+-[\s\S]*az login --tenant/,
    ],
    [
      'a sign-in that has ended',
      [{ call: 'az account get-access-token *', status: 1, stderr: 'AADSTS700082' }],
      /Run: az login --tenant 0+-/,
    ],
    [
      'a subscription that is switched off',
      [{ call: 'az account show *', stdout: 'Ours\\nme\\ntenant\\nDisabled' }],
      /The subscription Ours is Disabled/,
    ],
    [
      'an old Azure CLI',
      [{ call: 'az version *', stdout: '"azure-cli": "2.53.0"' }],
      /Azure CLI 2\.53\.0 is too old; 2\.70\.0 or newer/,
    ],
    ['no Bicep', [{ call: 'az bicep version *', status: 1 }], /Bicep is not installed[\s\S]*az bicep upgrade/],
    [
      'an old kubectl',
      [{ call: 'kubectl version *', stdout: 'Client Version: v1.29.1' }],
      /kubectl 1\.29\.1 is too old/,
    ],
    ['an old Helm', [{ call: 'helm version *', stdout: 'v3.2.4+g0ad800e' }], /Helm 3\.2\.4 is too old/],
    [
      'no quota',
      [{ call: 'az vm list-usage *', stdout: 'cores\\t12\\t100\\nstandardDDSv5Family\\t4\\t10' }],
      /--resource-name FAMILY --limit-object/,
    ],
    [
      'no quota of all families together',
      [{ call: 'az vm list-usage *', stdout: 'cores\\t4\\t10\\nstandardDDSv5Family\\t0\\t100' }],
      /does not have what the clusters take/,
    ],
    ['a region without a size', skus(''), /No Standard_D4ds_v5|does not have what/],
    [
      'a size that is closed to the subscription',
      skus('Standard_D4ds_v5\\tstandardDDSv5Family\\t4\\t3\\t0\\tNotAvailableForSubscription'),
      /does not have what/,
    ],
    [
      'a lake name that is taken',
      [{ call: 'az storage account check-name *', stdout: 'false' }],
      /name landfalllakeabc is taken[\s\S]*LANDFALL_NAME/,
    ],
    ['a registry name that is taken', [{ call: 'az acr check-name *', stdout: 'false' }], /name landfallabc is taken/],
    [
      "someone else's resource group",
      [there, { call: 'az group show *', stdout: 'swedencentral Succeeded -' }],
      /is not Landfall's/,
    ],
    [
      'another region than the first time',
      [there, { call: 'az group show *', stdout: 'westeurope Succeeded landfall' }],
      /lies in westeurope already[\s\S]*--location westeurope/,
    ],
    [
      'templates that Azure refuses',
      [{ call: 'az deployment sub what-if *', status: 1, stderr: 'ERROR: RequestDisallowedByPolicy' }],
      /A policy of your organisation/,
    ],
  ])('%s', async (_, answers, text) => {
    const { code, err, calls } = await new Azure().deploy(['--yes'], answers);
    expect(code).toBe(1);
    expect(err).toMatch(text);
    expect(changes(calls).filter((call) => !call.startsWith('az provider register'))).toEqual([]);
  });

  test('a quota that is short names family, need and what is there', async () => {
    const answers = [{ call: 'az vm list-usage *', stdout: 'cores\\t12\\t40\\nstandardDDSv5Family\\t4\\t10' }];
    const { out } = await new Azure().deploy(['--yes'], answers);
    expect(out).toContain('No vCPUs of standardDDSv5Family: needs 24, up to 48 under load; 6 are free.');
    expect(out).toContain('Few vCPUs of all families together (cores): needs 24, up to 48 under load; 28 are free.');
  });

  test('a region that has a size in too few zones', async () => {
    const azure = new Azure();
    const parameters = join(azure.folder, 'parameters.json');
    writeFileSync(parameters, readFileSync(DEV_PARAMETERS, 'utf8').replace('single', 'zones'));
    const zones = skus('Standard_D4ds_v5\\tstandardDDSv5Family\\t4\\t3\\t1\\t-');
    const answers = [{ call: 'az bicep build-params *', stdout: `@${parameters}` }, ...zones];
    const { code, out } = await azure.deploy(['--yes'], answers);
    expect(code).toBe(1);
    expect(out).toContain('No Standard_D4ds_v5: the region has it in 2 of 3 zones.');
  });

  test.each(['az', 'kubectl', 'helm', 'node', 'npm', 'git'])('a machine without %s', async (tool) => {
    const { code, err, calls } = await new Azure().without(tool).deploy();
    expect(code).toBe(1);
    expect(err).toMatch(/is not installed; [\d.]+ or newer is needed\.\n(See|Run|It comes)/);
    expect(changes(calls)).toEqual([]);
  });

  test('an old Node.js', async () => {
    const { code, err } = await new Azure()
      .standingIn('node')
      .deploy(['--yes'], [{ call: 'node *', stdout: 'v20.1.0' }]);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('Node.js 20.1.0 is too old') });
  });

  test.each<[string, string[], RegExp]>([
    ['no subscription id', ['--yes'], /'' is no subscription id/],
    ['a subscription by name', ['production', '--yes'], /'production' is no subscription id[\s\S]*az account list/],
    ['two subscriptions', [SUBSCRIPTION, SUBSCRIPTION], /Only one subscription/],
    ['an unknown environment', [SUBSCRIPTION, '--env', 'stage'], /--env must be dev, test or prod; not 'stage'/],
    ['an environment without a name', [SUBSCRIPTION, '--env'], /not ''/],
    ['an unknown option', [SUBSCRIPTION, '--force'], /There is no option --force/],
    ['a region that is none', [SUBSCRIPTION, '--location', 'Sweden Central'], /'Sweden Central' is no region/],
    ['nobody to ask', [SUBSCRIPTION], new RegExp(`no terminal to ask at[\\s\\S]*${SUBSCRIPTION} --yes`)],
    [
      'prod without an address that may come in',
      [SUBSCRIPTION, '--env', 'prod', '--yes'],
      /LANDFALL_ALLOWED_ADDRESSES/,
    ],
  ])('%s', async (_, args, text) => {
    const { code, err, calls } = await new Azure().run(DEPLOY, args);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toMatch(text);
  });

  test.each([
    ['203.0.113.7', 'no address range'],
    ['203.0.113.6/31', 'no address range[^]*There is no /31'],
    ['203.0.113.0/33', 'no address range'],
    ['203.0.113.300/24', '300 is above 255'],
    ['203.0.113.0/24, 198.51.100.7/32', "' 198.51.100.7/32'.* is no address range"],
    ['203.0.113.0/24,', "'' in LANDFALL_ALLOWED_ADDRESSES is no address range"],
    ['2001:db8::/32', 'no address range'],
    ['10.1.0.0/16', 'is private'],
  ])('the addresses %j, which Azure would refuse', async (addresses, text) => {
    const env = { LANDFALL_ALLOWED_ADDRESSES: addresses };
    const { code, err, calls } = await new Azure().deploy(['--env', 'prod', '--yes'], [], env);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toMatch(new RegExp(text));
  });
});

describe('app settings of one’s own', () => {
  const mine = '{"SOURCE_TOKEN": "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/t)"}';
  const asked: Answer = { call: 'az functionapp config appsettings list *', stdout: 'LAKE_URL\\nSOURCE_TOKEN' };
  /** The commands in a folder of their own, with or without a file of settings. */
  const copied = (azure: Azure, settings?: string): string => {
    const folder = join(azure.folder, 'bicep');
    cpSync(TEMPLATES, folder, { recursive: true, filter: (path) => !path.includes('settings.json') });
    if (settings !== undefined) writeFileSync(join(folder, 'dev.settings.json'), settings);
    return join(folder, 'deploy-infrastructure.sh');
  };
  const whatIf = (azure: Azure, command: string, answers: Answer[] = []) =>
    azure.has('registered').run(command, [SUBSCRIPTION, '--what-if'], answers);

  test.skipIf(!existsSync('/proc/self/environ'))('are handed to the templates from a file', async () => {
    const azure = new Azure();
    const shown = { call: 'az deployment sub what-if *--parameters *', stdout: '@/proc/self/environ' };
    const { code, out } = await whatIf(azure, copied(azure, mine), [shown]);
    expect(code).toBe(0);
    expect(out).toContain(`LANDFALL_SETTINGS=${mine}`);
    expect(out).toMatch(/1 of your own, from \S+dev\.settings\.json/);
  });

  test('are not shown, nor arguments of another command', async () => {
    const azure = new Azure();
    const { out, err, calls } = await whatIf(azure, copied(azure, mine));
    expect([out, err, ...calls].filter((text) => text.includes('vault.azure.net'))).toEqual([]);
  });

  test('that the app has and would lose are told before anything changes', async () => {
    const azure = new Azure().has('group');
    const { code, err, calls } = await azure.run(copied(azure), [SUBSCRIPTION, '--yes'], [asked]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('it would lose: SOURCE_TOKEN') });
    expect(changes(calls).filter((call) => !call.startsWith('az provider register'))).toEqual([]);
    const kept = await azure.run(copied(azure, mine), [SUBSCRIPTION, '--what-if'], [asked]);
    expect(kept.code).toBe(0);
  });

  test.each([
    ['what follows from the deployment', '{"LAKE_URL": "https://elsewhere"}', 'LAKE_URL is none that may be set'],
    ['what the host reads', '{"AzureWebJobsStorage": "x"}', 'AzureWebJobsStorage is none that may be set'],
    ['a number', '{"SOURCE_PORT": 1}', 'SOURCE_PORT is no text'],
    ['a list', '[]', 'no object of names and texts'],
    ['no JSON', '{"SOURCE_TOKEN": hush}', 'It is no JSON'],
  ])('are refused: %s', async (_, settings, text) => {
    const azure = new Azure();
    const { code, err, calls } = await azure.run(copied(azure, settings), [SUBSCRIPTION, '--yes']);
    expect({ code, changes: changes(calls) }).toEqual({ code: 2, changes: [] });
    expect(err).toContain(text);
    expect(err).not.toMatch(/hush|elsewhere/);
  });

  test('the names that may be set are those of the operations page, and none that the templates set', () => {
    const script = readFileSync(join(TEMPLATES, 'lib/settings.sh'), 'utf8');
    const names = /allowed_settings='\^\((.*)\)\$'/.exec(script)?.[1]?.split('|') ?? [];
    expect(names).toContain('REVIEW_WEBHOOK_URL');
    const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const snapshot = readFileSync(join(TEMPLATES, 'snapshots/prod.json'), 'utf8');
    for (const name of names) {
      expect(page).toContain(`\`${name.replace('[A-Z0-9_]+', '…')}\``);
      expect(snapshot).not.toContain(`"name": "${name}`);
    }
  });
});

test('roles that look like too few are told, and Azure decides', async () => {
  const answers = [{ call: 'az rest --method get *permissions*', stdout: 'make -' }];
  const { code, out } = await new Azure().deploy(['--yes'], answers);
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining('Your roles look like less than is needed'),
  });
});

describe('an app that people sign in to', () => {
  const env = { LANDFALL_ALLOWED_ADDRESSES: '203.0.113.7/32', LANDFALL_SIGN_IN_CLIENT_ID: 'registration' };
  const token = 'az account get-access-token --resource api://registration *';

  test.skipIf(!existsSync('/proc/self/environ'))('is asked with a token beside the key', async () => {
    const answers = [
      { call: token, stdout: 'the-token' },
      { call: 'npm run --silent doctor *', stdout: '@/proc/self/environ' },
    ];
    const { code, out, calls } = await new Azure().deploy(['--yes', '--env', 'prod'], answers, env);
    expect(code).toBe(0);
    expect(out).toMatch(/LANDFALL_TOKEN=the-token\0/);
    expect(out).toMatch(/LANDFALL_KEY=the-key\0/);
    expect(calls.filter((call) => /the-token|the-key/.test(call))).toEqual([]);
    expect(out).toContain('your token    az account get-access-token --resource api://registration');
  });

  test('that gives no token to the Azure CLI is up all the same, and what to do is told', async () => {
    const answers = [{ call: token, status: 1, stderr: 'AADSTS65001: The user has not consented.' }];
    const { code, out, err, calls } = await new Azure().deploy(['--yes', '--env', 'prod'], answers, env);
    expect({ code, doctor: count(calls, 'doctor') }).toEqual({ code: 0, doctor: 0 });
    expect(err).toContain('AADSTS65001');
    expect(out).toMatch(/see Sign-in in bicep\/README\.md[^]*Landfall prod is up/);
  });
});

describe('--what-if', () => {
  test('shows what would change, and changes nothing', async () => {
    const { code, out, calls } = await new Azure().has('registered').deploy(['--what-if']);
    expect(code).toBe(0);
    expect(out).toContain('Resource changes: 61 to create.\nNothing was changed.');
    expect(changes(calls)).toEqual([]);
  });

  test('does not even register resource providers', async () => {
    const { code, err, calls } = await new Azure().deploy(['--what-if']);
    expect({ code, changes: changes(calls) }).toEqual({ code: 1, changes: [] });
    expect(err).toContain('Not registered yet, and nothing is to be changed: Microsoft.EventGrid');
  });
});

test.each([['--help'], ['-h']])('%s tells how it is used', async (option) => {
  const { code, out, calls } = await new Azure().run(DEPLOY, [option]);
  expect({ code, calls }).toEqual({ code: 0, calls: [] });
  for (const each of ['--env', '--location', '--what-if', '--yes', 'LANDFALL_ALERT_EMAIL']) expect(out).toContain(each);
});
