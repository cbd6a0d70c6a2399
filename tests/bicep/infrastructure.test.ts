import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { activityLine, LOG_PREFIX } from '../../functions/host/log-line.ts';
import { ROUTES } from '../../functions/http/routes.ts';
import { parseAllDocuments } from 'yaml';
import { subscriptions } from '../../local/subscriptions.ts';
import { FILE_SYSTEMS, NAMESPACE, ORCHESTRATIONS } from '../../shared/names.ts';
import { at, ENVIRONMENTS, listAt, ofType, one, snapshot, type Resource } from './snapshot.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLUSTERS = ['data-processing', 'training', 'serving'];
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe.each(ENVIRONMENTS)('%s', (environment) => {
  const made = snapshot(environment);
  const clusters = ofType(made, 'Microsoft.ContainerService/managedClusters');
  const accounts = ofType(made, 'Microsoft.Storage/storageAccounts');
  const pool = (cluster: string, name: string): unknown => {
    const owner = one(made, 'Microsoft.ContainerService/managedClusters', `-${cluster}`);
    return listAt(owner, 'properties.agentPoolProfiles').find((each) => at(each, 'name') === name);
  };

  test('lies in one resource group and region, tagged', () => {
    const groups = ofType(made, 'Microsoft.Resources/resourceGroups').map(({ name }) => name);
    expect(groups).toEqual([`landfall-${environment}`]);
    const elsewhere = made.predictedResources.filter(
      ({ location }) => location !== undefined && location !== 'swedencentral' && location !== 'global',
    );
    expect(elsewhere).toEqual([]);
    const untagged = made.predictedResources.filter(
      (each) => each.location !== undefined && at(each, 'tags.environment') !== environment,
    );
    expect(untagged).toEqual([]);
  });

  test('has three clusters without local accounts, with Entra, workload identity and an issuer', () => {
    expect(clusters.map(({ name }) => name)).toEqual(CLUSTERS.map((name) => `landfall-${environment}-${name}`));
    for (const { properties } of clusters) {
      expect(properties).toMatchObject({
        disableLocalAccounts: true,
        aadProfile: { managed: true, enableAzureRBAC: true },
        oidcIssuerProfile: { enabled: true },
        securityProfile: { workloadIdentity: { enabled: true }, imageCleaner: { enabled: true } },
        networkProfile: { networkPluginMode: 'overlay', networkDataplane: 'cilium', networkPolicy: 'cilium' },
      });
    }
  });

  test('has work pools of its own beside the system pools, where operators can run', () => {
    const pools = clusters.map((each) =>
      listAt(each, 'properties.agentPoolProfiles').map((found) => [at(found, 'name'), at(found, 'mode')]),
    );
    expect(pools).toEqual(
      [['spark'], environment === 'dev' ? ['cpu'] : ['cpu', 'gpu'], ['serve']].map((work) => [
        ['system', 'System'],
        ...work.map((name) => [name, 'User']),
      ]),
    );
    // AKS wants 4 vCPUs and 4 GB of a system pool's nodes. https://learn.microsoft.com/azure/aks/use-system-pools
    const large = expect.stringMatching(/^Standard_D(4|8|16)ds_v5$/);
    for (const cluster of CLUSTERS) expect(pool(cluster, 'system')).toMatchObject({ nodeTaints: [], vmSize: large });
  });

  test('leaves the number of nodes to the autoscaler when it is deployed again', () => {
    const pools = clusters.flatMap((each) => listAt(each, 'properties.agentPoolProfiles'));
    expect(pools.filter((each) => at(each, 'count') !== undefined || at(each, 'enableAutoScaling') !== true)).toEqual(
      [],
    );
  });

  test('trains on nodes from zero, of which those with a GPU are for jobs that ask for one', () => {
    const toleration = /key: '(\w+)', operator: 'Equal', value: '(\w+)', effect: '(\w+)'/.exec(
      text('shared/manifests/pytorch-job.ts'),
    );
    const taint = `${toleration?.[1]}=${toleration?.[2]}:${toleration?.[3]}`;
    const cpu = { minCount: 0, vmSize: expect.not.stringContaining('_N'), nodeTaints: [] };
    expect(pool('training', 'cpu')).toMatchObject(cpu);
    const gpu = { minCount: 0, vmSize: expect.stringMatching(/^Standard_N/), nodeTaints: [taint] };
    if (environment === 'dev') expect(pool('training', 'gpu')).toBeUndefined();
    else expect(pool('training', 'gpu')).toMatchObject(gpu);
    expect(made.outputs['landfall']).toContain(`'gpu', '${environment === 'dev' ? 'none' : 'nvidia'}'`);
    expect(pool('data-processing', 'spark')).toMatchObject({ minCount: 0 });
  });

  test('has a lake and a plain account, neither with shared keys, public blobs or old TLS', () => {
    expect(
      accounts.map((each) => [/^landfall(lake|host)/.exec(each.name)?.[1], at(each, 'properties.isHnsEnabled')]),
    ).toEqual([
      ['lake', true],
      ['host', undefined],
    ]);
    for (const { properties } of accounts) {
      expect(properties).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
      });
    }
  });

  test('has the file systems and tables that the app knows', () => {
    const containers = ofType(made, 'Microsoft.Storage/storageAccounts/blobServices/containers');
    const last = ({ name }: Resource) => name.split('/').at(-1);
    expect(containers.filter(({ name }) => name.includes('lake')).map(last)).toEqual([...FILE_SYSTEMS]);
    const known = /type TableName = ([^;]+);/.exec(text('shared/clients/table.ts'))?.[1]?.match(/\w+/g);
    expect(ofType(made, 'Microsoft.Storage/storageAccounts/tableServices/tables').map(last)).toEqual(known);
  });

  test('takes no keys at topic, registry and telemetry', () => {
    expect(one(made, 'Microsoft.EventGrid/topics').properties).toMatchObject({
      disableLocalAuth: true,
      inputSchema: 'CloudEventSchemaV1_0',
      minimumTlsVersionAllowed: '1.2',
    });
    expect(one(made, 'Microsoft.ContainerRegistry/registries').properties).toMatchObject({ adminUserEnabled: false });
    expect(one(made, 'Microsoft.Insights/components').properties).toMatchObject({ DisableLocalAuth: true });
  });

  test('runs the app on Flex Consumption and Node 24, without settings that Flex refuses', () => {
    const app = one(made, 'Microsoft.Web/sites');
    expect(at(one(made, 'Microsoft.Web/serverfarms'), 'sku')).toEqual({ tier: 'FlexConsumption', name: 'FC1' });
    expect(at(app, 'properties.functionAppConfig.runtime')).toEqual({ name: 'node', version: '24' });
    expect(at(app, 'properties.functionAppConfig.scaleAndConcurrency.alwaysReady')).toEqual(
      environment === 'prod' ? [{ name: 'durable', instanceCount: 1 }] : [],
    );
    const names = listAt(app, 'properties.siteConfig.appSettings').map((setting) => String(at(setting, 'name')));
    expect(names.filter((name) => /^(FUNCTIONS_|WEBSITE_RUN|WEBSITE_CONTENT|AzureWebJobsStorage$)/.test(name))).toEqual(
      [],
    );
    const policies = ofType(made, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(policies.map((each) => [each.name.split('/')[1], at(each, 'properties.allow')])).toEqual([
      ['ftp', false],
      ['scm', false],
    ]);
  });

  test('federates each service account of workloads/clusters with the issuer of its cluster', () => {
    const wanted = CLUSTERS.flatMap((cluster) =>
      serviceAccounts(cluster).map((account) => [
        `landfall-${environment}-${account}/${account}`,
        `system:serviceaccount:${NAMESPACE}:${account}`,
        expect.stringMatching(`managedClusters/landfall-${environment}-${cluster}', .*oidcIssuerProfile.issuerURL`),
        ['api://AzureADTokenExchange'],
      ]),
    );
    const credentials = ofType(made, 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials');
    expect(
      credentials.map((each) => [
        each.name,
        at(each, 'properties.subject'),
        at(each, 'properties.issuer'),
        at(each, 'properties.audiences'),
      ]),
    ).toEqual(wanted);
  });

  test('tells people of failed runs, reviews, dead letters, GPUs that do not come, predictors and cost', () => {
    const people = one(made, 'Microsoft.Insights/actionGroups');
    expect(listAt(people, 'properties.emailReceivers')).toHaveLength(1);
    const queries = ofType(made, 'Microsoft.Insights/scheduledQueryRules');
    expect(queries.map(({ name }) => name)).toEqual([
      'failed-run',
      'review-waiting',
      'gpu-pending',
      'predictor-errors',
    ]);
    for (const rule of queries) {
      const [criterion] = listAt(rule, 'properties.criteria.allOf');
      expect(at(criterion, 'query')).toBe(text(`bicep/monitoring/${rule.name}.kql`));
      const column = String(at(listAt(criterion, 'dimensions')[0], 'name'));
      // Azure puts rows into windows by the former and tells alerts apart by the latter.
      const rows = text(`bicep/monitoring/${rule.name}.kql`).match(/\| (project|summarize) TimeGenerated.*/g) ?? [];
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toMatch(new RegExp(`\\b${column}\\b`));
      expect(at(rule, 'properties.actions.actionGroups')).toEqual([people.id]);
      expect(at(rule, 'properties.enabled')).toBe(true);
    }
    const dead = one(made, 'Microsoft.Insights/metricAlerts');
    const headings = [...text('docs/operations.md').matchAll(/^### Alert: (.+)$/gm)].map(([, name]) => name);
    expect([...queries, dead].map(({ name }) => name).sort()).toEqual(headings.sort());
    expect(at(listAt(dead, 'properties.criteria.allOf')[0], 'metricName')).toBe('DeadLetteredCount');
    expect(at(dead, 'properties.scopes')).toEqual([one(made, 'Microsoft.EventGrid/systemTopics').id]);
    const budget = one(made, 'Microsoft.Consumption/budgets');
    expect(listAt(budget, 'properties.filter.dimensions.values')).toEqual([
      `landfall-${environment}`,
      ...clusters.map((each) => at(each, 'properties.nodeResourceGroup')).sort(),
    ]);
    expect(at(budget, 'properties.notifications.spent.contactGroups')).toEqual([people.id]);
  });

  test('subscribes both functions with the filters of the local platform, retry and dead letters', () => {
    const local = subscriptions('http://functions', 'key', 'https://landfall.dfs.core.windows.net', 'a2V5');
    const eventing = ofType(snapshot(`eventing-${environment}`), 'Microsoft.EventGrid/systemTopics/eventSubscriptions');
    const app = one(made, 'Microsoft.Web/sites');
    const topic = one(made, 'Microsoft.EventGrid/systemTopics');
    expect(eventing.map(({ name, properties }) => ({ name, properties }))).toEqual(
      local.map(({ name, filter, schema, maxDeliveryAttempts, eventTimeToLiveInMinutes }) => ({
        name: `${topic.name}/${name}`,
        properties: {
          eventDeliverySchema: schema,
          destination: {
            endpointType: 'AzureFunction',
            properties: { resourceId: `${app.id}/functions/${name}`, maxEventsPerBatch: 1 },
          },
          filter: { ...filter, isSubjectCaseSensitive: true },
          retryPolicy: { maxDeliveryAttempts, eventTimeToLiveInMinutes },
          deadLetterWithResourceIdentity: {
            identity: { type: 'SystemAssigned' },
            deadLetterDestination: {
              endpointType: 'StorageBlob',
              properties: { resourceId: at(topic, 'properties.source'), blobContainerName: 'deadletter' },
            },
          },
        },
      })),
    );
    const registered = [...text('functions/app.ts').matchAll(/client\.eventGrid\('(\w+)'/g)].map((match) => match[1]);
    expect(local.map(({ name }) => name)).toEqual(registered);
  });
});

describe('what is closed in prod', () => {
  const made = snapshot('prod');
  const account = (name: string) => one(made, 'Microsoft.Storage/storageAccounts', name).properties;
  const named = (prefix: string) =>
    ofType(made, 'Microsoft.Storage/storageAccounts').find(({ name }) => name.startsWith(prefix))?.name ?? prefix;

  test('the lake lets allowed addresses, Event Grid and the virtual network in, the host’s account the latter alone', () => {
    expect(account(named('landfalllake'))).toMatchObject({
      networkAcls: {
        defaultAction: 'Deny',
        bypass: 'AzureServices',
        // Storage refuses /32.
        ipRules: [
          { value: '203.0.113.0/24', action: 'Allow' },
          { value: '198.51.100.7', action: 'Allow' },
        ],
      },
    });
    expect(account(named('landfallhost'))).toMatchObject({ publicNetworkAccess: 'Disabled' });
    expect(one(made, 'Microsoft.EventGrid/topics').properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
  });

  test('each closed service has an endpoint and a name in the virtual network', () => {
    const endpoints = ofType(made, 'Microsoft.Network/privateEndpoints').map((each) => each.name);
    expect(endpoints).toEqual(['lake-blob', 'lake-dfs', 'host-blob', 'host-queue', 'host-table', 'topic']);
    expect(ofType(made, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(endpoints.length);
    const zones = ofType(made, 'Microsoft.Network/privateDnsZones').map(({ name }) => name);
    expect(zones).toHaveLength(5);
    // The suffixes are those of the cloud that is deployed to.
    expect(zones.filter((name) => !name.includes('environment().'))).toEqual([]);
    expect(zones.at(-1)).toContain("'AzureUSGovernment', 'azure.us'");
    expect(ofType(made, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks')).toHaveLength(5);
  });

  test('API servers answer to the one address that everything goes out by, and to allowed ones', () => {
    for (const cluster of ofType(made, 'Microsoft.ContainerService/managedClusters')) {
      expect(at(cluster, 'properties.apiServerAccessProfile.authorizedIPRanges')).toEqual([
        expect.stringMatching(/publicIPAddresses\/landfall-prod-network-address.*ipAddress/),
        '203.0.113.0/24',
        '198.51.100.7/32',
      ]);
      expect(at(cluster, 'properties.networkProfile.outboundType')).toBe('userAssignedNATGateway');
    }
    const subnets = listAt(one(made, 'Microsoft.Network/virtualNetworks'), 'properties.subnets');
    const through = subnets.filter((subnet) => at(subnet, 'properties.natGateway.id') !== undefined);
    expect(through.map((subnet) => at(subnet, 'name'))).toEqual(expect.arrayContaining([...CLUSTERS, 'functions']));
    expect(at(one(made, 'Microsoft.Web/sites'), 'properties.virtualNetworkSubnetId')).toMatch(/\/subnets\/functions$/);
  });

  test('serving survives a zone: three system nodes, two for predictors', () => {
    const serving = one(made, 'Microsoft.ContainerService/managedClusters', '-serving');
    expect(listAt(serving, 'properties.agentPoolProfiles').map((pool) => at(pool, 'minCount'))).toEqual([3, 2]);
  });

  test('people sign in, and Event Grid does not', () => {
    expect(one(made, 'Microsoft.Web/sites/config', '/authsettingsV2').properties).toMatchObject({
      globalValidation: { requireAuthentication: true, excludedPaths: ['/runtime/*'] },
    });
  });
});

test('alerts and workbook ask for functions, orchestrations and clusters that exist', () => {
  const activities = text('orchestrations/activities/create-activities.ts');
  const failed = text('bicep/monitoring/failed-run.kql');
  expect(failed).toContain("'closeRun'");
  expect(activities).toMatch(/\bcloseRun\b/);
  for (const name of ['pipelineRun', 'collector']) expect(Object.keys(ORCHESTRATIONS)).toContain(name);
  expect(text('bicep/monitoring/review-waiting.kql')).toContain(`'${ORCHESTRATIONS.review}'`);
  expect(Object.keys(ROUTES)).toContain('predict');
});

test('every output has a reader in the script', () => {
  const [, type = ''] = /^type deployed = \{\n([^]*?)^\}/m.exec(text('bicep/types.bicep')) ?? [];
  const names = [...type.matchAll(/^ {2}'?(\w+)'?: /gm)].map(([, name = '']) => name);
  expect(names).toContain('functionApp');
  const [, query = ''] =
    /properties\.outputs\.landfall\.value\.\[([^\]]+)\]/.exec(text('bicep/deploy-infrastructure.sh')) ?? [];
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(query))).toEqual([]);
});

test('the workbook shows runs, durations, failures, reviews, drift, and what else there is', () => {
  const items = listAt(JSON.parse(text('bicep/monitoring/workbook.json')), 'items');
  const queries = items.filter((item) => at(item, 'type') === 3);
  expect(queries.map((item) => at(item, 'content.title'))).toEqual([
    'Runs: latest state of each',
    'Traces of runs: open one to follow it from the app into the pods of its jobs',
    'Stages: how long, how many failed',
    'Reviews that wait',
    "Validations: what the gate decided, which features drifted from the champion's data",
    'Functions: how often, how long, how many failed',
    'Pods of jobs and predictors',
    'Predictions through the app',
    'Events of the lake that could not be delivered',
  ]);
  for (const item of queries) expect(String(at(item, 'content.query'))).toMatch(/^[A-Z]\w+\n\| \w/);
});

test('the workbook reads of a validation what the app logs of it', () => {
  const items = listAt(JSON.parse(text('bicep/monitoring/workbook.json')), 'items');
  const query = String(
    at(
      items.find((item) => at(item, 'name') === 'drift'),
      'content.query',
    ),
  );
  const drift = { drifted: true, share: 1, limit: 0.2, features: ['x'] };
  const line = activityLine(
    'validateModel',
    { runId: 'iris-20260101-000000-abcdef' },
    { gate: { decision: 'pass' }, drift },
  );
  expect(query).toContain(`'${LOG_PREFIX}'`);
  expect(query).toContain("== 'validateModel'");
  const logged = JSON.parse(line.slice(LOG_PREFIX.length)) as object;
  const read = [...query.matchAll(/\bline\.(\w+)(?:\['(\w+)'\])?/g)].map(([, a, b]) => (b ? `${a}.${b}` : `${a}`));
  expect(read).toContain('drift.features');
  expect(read.filter((path) => at(logged, path) === undefined)).toEqual([]);
});

test('the help of the alert on dead letters names a section that there is, and what the sweep does', () => {
  const help = String(at(one(snapshot('dev'), 'Microsoft.Insights/metricAlerts'), 'properties.description'));
  expect(help).toContain('"Alert: dead-lettered-events" in docs/operations.md');
  expect(help).toContain('The sweep of the app takes it');
  expect(text('functions/timers/sweep.ts')).toContain('await replayDeadLetters(');
});

/** Names of the service accounts that a cluster's documents make. */
function serviceAccounts(cluster: string): string[] {
  const folder = join(ROOT, 'workloads/clusters', cluster);
  return readdirSync(folder)
    .filter((file) => file === 'service-account.yaml')
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as { kind: string; metadata: { name: string } })
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ metadata }) => metadata.name);
}
