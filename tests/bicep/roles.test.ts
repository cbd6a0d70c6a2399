import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { copyOfTemplates, noCompiler, snapshotNow } from './compiler.ts';
import { at, ENVIRONMENTS, ofType, one, snapshot, type Environment, type Resource, type Snapshot } from './snapshot.ts';

interface Row {
  principal: string;
  role: string;
  scope: string;
}

const table = parse(readFileSync(join(import.meta.dirname, '../../bicep/roles.yaml'), 'utf8')) as {
  definitions: Record<string, string>;
  beforeClusters: Row[];
  onClusters: Row[];
};
const CLUSTERS = ['data-processing', 'training', 'serving'];
const CLUSTER_USER = 'Landfall Cluster User';

describe.each(ENVIRONMENTS)('roles of %s', (environment) => {
  const made = snapshot(environment);
  const assignments = ofType(made, 'Microsoft.Authorization/roleAssignments');

  test('are those of roles.yaml, no fewer and no more', () => {
    expect(assignments.map((assignment) => rowOf(made, environment, assignment)).sort()).toEqual(
      expected(environment).sort(),
    );
  });

  test('say that who gets them is a service principal, which spares a look-up; who deploys may be anybody', () => {
    const types = assignments.map((each) => [principalOf(environment, each), at(each, 'properties.principalType')]);
    expect(types.filter(([who, type]) => type !== (who === 'deployer' ? null : 'ServicePrincipal'))).toEqual([]);
  });

  test('let the app read, start and connect to clusters in Azure, and no more', () => {
    const role = one(made, 'Microsoft.Authorization/roleDefinitions');
    const cluster = 'Microsoft.ContainerService/managedClusters';
    expect(at(role, 'properties.permissions')).toEqual([
      {
        actions: [
          `${cluster}/read`,
          `${cluster}/start/action`,
          `${cluster}/listClusterUserCredential/action`,
          `${cluster}/agentPools/read`,
        ],
      },
    ]);
    expect(at(role, 'properties.assignableScopes')).toEqual([one(made, 'Microsoft.Resources/resourceGroups').id]);
  });
});

describe.skipIf(noCompiler)('where the app is given the namespaces as a whole', () => {
  let copy = '';
  beforeAll(() => {
    copy = copyOfTemplates();
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('it is their administrator, and everything else stays', { timeout: 60_000 }, () => {
    const made = snapshotNow(copy, 'prod', { LANDFALL_APP_ACCESS: 'namespaceAdmin' });
    const assignments = ofType(made, 'Microsoft.Authorization/roleAssignments');
    const wanted = expected('prod', 'namespaceAdmin');
    expect(assignments.map((assignment) => rowOf(made, 'prod', assignment)).sort()).toEqual(wanted.sort());
    expect(wanted.filter((row) => row.endsWith('/namespaces/landfall'))).toHaveLength(3);
  });

  test('no other word is taken', { timeout: 60_000 }, () => {
    expect(() => snapshotNow(copy, 'dev', { LANDFALL_APP_ACCESS: 'admin' })).toThrow("'namespaceAdmin' | 'roles'");
  });
});

/** `principal | role | scope` of every assignment that the table asks for. */
function expected(environment: Environment, appAccess = 'roles'): string[] {
  const cluster = (name: string) => `managedClusters/landfall-${environment}-${name}`;
  const scopes = ({ scope }: Row): string[] => {
    if (scope === 'clusters') return CLUSTERS.map(cluster);
    if (scope === 'namespaces') {
      return appAccess === 'namespaceAdmin' ? CLUSTERS.map((name) => `${cluster(name)}/namespaces/landfall`) : [];
    }
    return [scope];
  };
  return [...table.beforeClusters, ...table.onClusters].flatMap((row) =>
    scopes(row).map((scope) => `${row.principal} | ${row.role} | ${scope}`),
  );
}

function rowOf(made: Snapshot, environment: Environment, assignment: Resource): string {
  const clusterUser = one(made, 'Microsoft.Authorization/roleDefinitions').name;
  const id = String(at(assignment, 'properties.roleDefinitionId')).split('/').at(-1);
  const names = Object.entries({ ...table.definitions, [CLUSTER_USER]: clusterUser });
  const role = names.find(([, definition]) => definition === id)?.[0] ?? `unknown role ${id}`;
  return `${principalOf(environment, assignment)} | ${role} | ${scopeOf(made, assignment)}`;
}

/** Whom an assignment is for, read out of the expression that finds the object id. */
function principalOf(environment: Environment, assignment: Resource): string {
  const text = String(at(assignment, 'properties.principalId'));
  const prefix = `landfall-${environment}-`;
  if (text === '[deployer().objectId]') return 'deployer';
  const [, type, name] = /providers\/[\w.]+\/(\w+)\/([\w-]+)', /.exec(text) ?? [];
  if (type === 'userAssignedIdentities') return name?.replace(prefix, '') ?? text;
  if (type === 'systemTopics') return 'lakeTopic';
  if (type === 'managedClusters' && text.endsWith('.identityProfile.kubeletidentity.objectId]')) {
    return `kubelet-${name?.replace(prefix, '')}`;
  }
  return text;
}

/** Scope of an assignment in the words of the table, read out of its id. */
function scopeOf(made: Snapshot, assignment: Resource): string {
  const scope = /extensionResourceId\('([^']+)'/.exec(assignment.id)?.[1] ?? assignment.id;
  const known = Object.entries({
    lake: one(made, 'Microsoft.EventGrid/systemTopics').properties,
    host: one(made, 'Microsoft.Storage/storageAccounts/tableServices', '/default').id.replace(/\/tableServices.*/, ''),
    registry: one(made, 'Microsoft.ContainerRegistry/registries').id,
    topic: one(made, 'Microsoft.EventGrid/topics').id,
    insights: one(made, 'Microsoft.Insights/components').id,
  }).map(([name, id]) => [name, typeof id === 'string' ? id : String(at(id, 'source'))] as const);
  const whole = known.find(([, id]) => id === scope)?.[0];
  const container = /\/blobServices\/default\/containers\/(\w+)$/.exec(scope)?.[1];
  const subnet = /\/subnets\/([\w-]+)$/.exec(scope)?.[1];
  if (whole) return whole;
  if (container) return `lake/${container}`;
  if (subnet) return `subnet/${subnet}`;
  return scope.replace(/^.*(?=managedClusters\/)/, '');
}
