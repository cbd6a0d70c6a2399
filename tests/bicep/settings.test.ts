import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../shared/config.ts';
import { copyOfTemplates, noCompiler, snapshotNow } from './compiler.ts';
import { at, ENVIRONMENTS, listAt, ofType, one, snapshot, type Snapshot } from './snapshot.ts';

/** Settings that the host, the platform or an SDK reads, and shared/config.ts does not. */
const PLATFORM = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AZURE_AUTHORITY_HOST',
  'AZURE_CLIENT_ID',
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
];
/** What the app has a default for, which holds in the public cloud alone. */
const DEFAULTED = ['ARM_URL'];
/** Where people sign in, that too. */
const SIGN_IN = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID';

describe.each(ENVIRONMENTS)('settings of %s', (environment) => {
  const made = snapshot(environment);
  const given = settingsOf(made);
  // What App Service itself sets.
  const env = { ...given, WEBSITE_HOSTNAME: 'app.azurewebsites.net' };
  const platform = environment === 'prod' ? [...PLATFORM, SIGN_IN] : PLATFORM;
  const ours = Object.keys(given).filter((name) => !platform.includes(name));

  test('satisfy the app, which then reaches what is deployed', () => {
    const read = readConfig(env);
    if ('problems' in read) throw new Error(read.problems.join('\n'));
    const { config } = read;
    const topic = one(made, 'Microsoft.EventGrid/systemTopics');
    expect(String(at(topic, 'properties.source'))).toMatch(new RegExp(`/${config.lake.account}$`));
    const tables = ofType(made, 'Microsoft.Storage/storageAccounts/tableServices/tables');
    expect(tables.map(({ name }) => name.split('/')[0])).toEqual(tables.map(() => config.tables.account));
    const clusters = ofType(made, 'Microsoft.ContainerService/managedClusters');
    expect(Object.entries(config.clusters).map(([name, connection]) => [name, at(connection, 'resourceId')])).toEqual(
      ['data-processing', 'training', 'serving'].map((name) => [
        name,
        clusters.find((each) => each.name.endsWith(`-${name}`))?.id,
      ]),
    );
    expect(config.registry).toEqual({
      url: `https://${one(made, 'Microsoft.ContainerRegistry/registries').name}.azurecr.io`,
      anonymous: false,
    });
    expect(config.armUrl).toBe('https://management.azure.com');
    expect(given.AZURE_AUTHORITY_HOST).toBe('https://login.microsoftonline.com/');
    expect(config.topic.url).toContain(one(made, 'Microsoft.EventGrid/topics').name);
    expect([config.lake.key, config.tables.key, config.topic.key]).toEqual([undefined, undefined, undefined]);
  });

  test('are all known to the app or the platform', () => {
    const needed = ours.filter((name) => {
      const read = readConfig({ ...env, [name]: undefined });
      return 'problems' in read && read.problems.some((problem) => problem.startsWith(`${name} is not set`));
    });
    expect([...needed, ...DEFAULTED].sort()).toEqual(ours.sort());
    expect(
      Object.keys(given)
        .filter((name) => platform.includes(name))
        .sort(),
    ).toEqual([...platform].sort());
  });

  test('name one identity for storage, telemetry, SDKs and Key Vault references, that of the app', () => {
    const app = one(made, 'Microsoft.Web/sites');
    const [identity] = Object.keys(at(app, 'identity.userAssignedIdentities') as object);
    const id = clientId(String(identity));
    expect(given.AZURE_CLIENT_ID).toBe(id);
    expect(at(app, 'properties.keyVaultReferenceIdentity')).toBe(identity);
    expect(given.AzureWebJobsStorage__clientId).toBe(id);
    expect(given.APPLICATIONINSIGHTS_AUTHENTICATION_STRING).toBe(`ClientId=${id};Authorization=AAD`);
    expect(at(app, 'properties.functionAppConfig.deployment.storage.authentication')).toEqual({
      type: 'UserAssignedIdentity',
      userAssignedIdentityResourceId: identity,
    });
  });

  test('hold no secret', () => {
    expect(JSON.stringify(made)).not.toMatch(
      /list\w*(Keys|Credentials?|Secrets?)\s*\(|AccountKey=|SharedAccessKey|sig=/i,
    );
  });
});

describe.skipIf(noCompiler)('settings of one’s own', () => {
  let copy = '';
  beforeAll(() => {
    copy = copyOfTemplates();
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  const made = (settings: object) => snapshotNow(copy, 'dev', { LANDFALL_SETTINGS: JSON.stringify(settings) });

  test('come beside those of the deployment, and are secret to its record', { timeout: 60_000 }, () => {
    const settings = (from: Snapshot) => listAt(one(from, 'Microsoft.Web/sites'), 'properties.siteConfig.appSettings');
    const now = made({ SOURCE_TOKEN: 'hush', REVIEW_WEBHOOK_URL: 'https://hush.example' });
    expect(settings(now)).toEqual([
      ...settings(snapshot('dev')),
      { name: 'REVIEW_WEBHOOK_URL', value: "[parameters('extraSettings').REVIEW_WEBHOOK_URL]" },
      { name: 'SOURCE_TOKEN', value: "[parameters('extraSettings').SOURCE_TOKEN]" },
    ]);
    expect(JSON.stringify(now)).not.toContain('hush');
  });

  test('cannot change those of the deployment', { timeout: 60_000 }, () => {
    expect(() => made({ LAKE_URL: 'https://elsewhere' })).toThrow('cannot be given: LAKE_URL');
  });
});

/** The app settings, with the expressions that only Azure resolves replaced by what Azure would answer. */
function settingsOf(made: Snapshot): Record<string, string> {
  const pairs = listAt(one(made, 'Microsoft.Web/sites'), 'properties.siteConfig.appSettings').map(
    (setting) => [String(at(setting, 'name')), resolved(String(at(setting, 'value')))] as const,
  );
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
  return Object.fromEntries(pairs);
}

function resolved(value: string): string {
  if (value === '[environment().resourceManager]') return 'https://management.azure.com/';
  if (value === '[environment().authentication.loginEndpoint]') return 'https://login.microsoftonline.com/';
  const reference = /reference\('([^']+)', '[^']+'\)\.([\w.]+)/;
  const [, id, property] = reference.exec(value) ?? [];
  if (id === undefined || property === undefined) return value;
  const format = /^\[format\('([^']*)', reference\([^)]*\)[\w.]+\)\]$/.exec(value)?.[1] ?? '{0}';
  return format.replace('{0}', answer(id, property));
}

/** What a property of a deployed resource looks like. */
function answer(id: string, property: string): string {
  const name = id.split('/').at(-1) ?? '';
  const service = /^primaryEndpoints\.(dfs|table|blob)$/.exec(property)?.[1];
  if (service) return `https://${name}.${service}.core.windows.net/`;
  if (property === 'loginServer') return `${name}.azurecr.io`;
  if (property === 'endpoint') return `https://${name}.swedencentral-1.eventgrid.azure.net/api/events`;
  if (property === 'clientId') return clientId(id);
  if (property === 'ConnectionString') return 'InstrumentationKey=00000000-0000-0000-0000-000000000000';
  throw new Error(`nobody knows what ${property} of ${id} looks like`);
}

function clientId(identity: string): string {
  return `client id of ${identity.split('/').at(-1)}`;
}
