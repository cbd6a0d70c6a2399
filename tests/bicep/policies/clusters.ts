import {
  below,
  everywhere,
  is,
  isNot,
  isSet,
  outsideProd,
  ORGANISATION,
  PUBLIC,
  SMALL,
  type Policy,
} from './policy.ts';
import { at, listAt, ofType, type Resource, type Snapshot } from '../snapshot.ts';

const AKS = 'Microsoft.ContainerService/managedClusters';
const NO_LOGS = 'API server logs are paid by the gigabyte, and nobody audits what can be made again';
const NO_SECRETS = 'pods hold no secrets: workload identity gives them tokens';
const FROM_ZERO = 'work pools grow from zero: an idle environment pays for none; a lost job is submitted again';
const pools = (resource: Resource) => listAt(resource, 'properties.agentPoolProfiles');
const every = (path: string, holds: (value: unknown) => boolean) => (resource: Resource) =>
  pools(resource).every((pool) => holds(at(pool, path)));
const ofMode = (mode: string, least: number) => (resource: Resource) =>
  pools(resource)
    .filter((pool) => at(pool, 'mode') === mode)
    .every((pool) => Number(at(pool, 'minCount')) >= least);
const logs = (cluster: Resource, made: Snapshot) =>
  ofType(made, 'Microsoft.Insights/diagnosticSettings')
    .filter(({ id }) => id.startsWith(`${cluster.id}/`))
    .flatMap((setting) => listAt(setting, 'properties.logs').map((log) => at(log, 'category')));
const keeps =
  (...categories: string[]) =>
  (cluster: Resource, made: Snapshot) =>
    categories.every((category) => logs(cluster, made).includes(category));

/** Rules about the clusters. */
export const clusters: Policy[] = [
  {
    name: 'CKV_AZURE_4',
    what: 'container logs go to a workspace',
    on: AKS,
    holds: is('addonProfiles.omsagent.enabled', true),
  },
  { name: 'CKV_AZURE_5', what: 'RBAC is on', on: AKS, holds: is('enableRBAC', true) },
  {
    name: 'CKV_AZURE_6',
    what: 'the API server answers to named addresses',
    on: AKS,
    holds: (each) => listAt(each, 'properties.apiServerAccessProfile.authorizedIPRanges').length > 0,
    waived: outsideProd(`the app has no address of its own there; ${PUBLIC}`),
  },
  { name: 'CKV_AZURE_7', what: 'network policies are enforced', on: AKS, holds: isSet('networkProfile.networkPolicy') },
  { name: 'CKV_AZURE_8', what: 'no dashboard', on: AKS, holds: isNot('addonProfiles.kubeDashboard.enabled', true) },
  { name: 'CKV_AZURE_141', what: 'no local admin', on: AKS, holds: is('disableLocalAccounts', true) },
  {
    name: 'CKV_AZURE_168',
    what: '50 pods a node or more',
    on: AKS,
    holds: every('maxPods', (pods) => Number(pods) >= 50),
  },
  { name: 'CKV_AZURE_171', what: 'an upgrade channel', on: AKS, holds: isSet('autoUpgradeProfile.upgradeChannel') },
  {
    name: 'CKV_AZURE_172',
    what: 'secrets from a vault are rotated',
    on: AKS,
    holds: is('addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation', 'true'),
    waived: everywhere(NO_SECRETS),
  },
  { name: 'Azure.AKS.LocalAccounts', what: 'no local accounts', on: AKS, holds: is('disableLocalAccounts', true) },
  { name: 'Azure.AKS.AzureRBAC', what: 'Azure RBAC decides', on: AKS, holds: is('aadProfile.enableAzureRBAC', true) },
  { name: 'Azure.AKS.UseRBAC', what: 'RBAC is on', on: AKS, holds: is('enableRBAC', true) },
  { name: 'Azure.AKS.ManagedAAD', what: 'Entra ID, managed', on: AKS, holds: is('aadProfile.managed', true) },
  {
    name: 'Azure.AKS.ManagedIdentity',
    what: 'the control plane has a managed identity',
    on: AKS,
    holds: (each) => at(each, 'identity.type') === 'UserAssigned',
  },
  { name: 'Azure.AKS.PodIdentity', what: 'no pod identity', on: AKS, holds: isNot('podIdentityProfile.enabled', true) },
  {
    name: 'Azure.AKS.AuthorizedIPs',
    what: 'the API server answers to named addresses',
    on: AKS,
    holds: (each) => listAt(each, 'properties.apiServerAccessProfile.authorizedIPRanges').length > 0,
    waived: outsideProd(`the app has no address of its own there; ${PUBLIC}`),
  },
  {
    name: 'Azure.AKS.NetworkPolicy',
    what: 'network policies are enforced',
    on: AKS,
    holds: isSet('networkProfile.networkPolicy'),
  },
  {
    name: 'Azure.AKS.AutoScaling',
    what: 'pools follow the load',
    on: AKS,
    holds: every('enableAutoScaling', (on) => on === true),
  },
  {
    name: 'Azure.AKS.AutoUpgrade',
    what: 'Kubernetes is upgraded',
    on: AKS,
    holds: (each) =>
      ['patch', 'stable', 'rapid'].includes(String(at(each, 'properties.autoUpgradeProfile.upgradeChannel'))),
  },
  {
    name: 'Azure.AKS.NodeAutoUpgrade',
    what: 'node images are upgraded',
    on: AKS,
    holds: is('autoUpgradeProfile.nodeOSUpgradeChannel', 'NodeImage'),
  },
  {
    name: 'Azure.AKS.AvailabilityZone',
    what: 'nodes in three zones',
    on: AKS,
    holds: every('availabilityZones', (zones) => Array.isArray(zones) && zones.length === 3),
    waived: outsideProd(SMALL),
  },
  {
    name: 'Azure.AKS.AzurePolicyAddOn',
    what: 'Azure Policy watches over pods',
    on: AKS,
    holds: is('addonProfiles.azurepolicy.enabled', true),
    waived: everywhere('the add-on enforces what an organisation assigned, and nothing is assigned by us'),
  },
  {
    name: 'Azure.AKS.AuditLogs',
    what: 'audit logs are kept',
    on: AKS,
    holds: keeps('kube-audit-admin', 'guard'),
    waived: outsideProd(NO_LOGS),
  },
  {
    name: 'Azure.AKS.PlatformLogs',
    what: 'control plane logs are kept',
    on: AKS,
    holds: keeps('cluster-autoscaler', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'),
    waived: outsideProd(NO_LOGS),
  },
  {
    name: 'Azure.AKS.ContainerInsights',
    what: 'Container Insights is on',
    on: AKS,
    holds: is('addonProfiles.omsagent.enabled', true),
  },
  {
    name: 'Azure.AKS.DefenderProfile',
    what: 'Defender watches over containers',
    on: AKS,
    holds: is('securityProfile.defender.securityMonitoring.enabled', true),
    waived: everywhere(`a paid plan, ${ORGANISATION}`),
  },
  {
    name: 'Azure.AKS.EphemeralOSDisk',
    what: 'OS disks on the machine itself',
    on: AKS,
    holds: every('osDiskType', (type) => type === 'Ephemeral'),
  },
  {
    name: 'Azure.AKS.MaintenanceWindow',
    what: 'upgrades keep to a window',
    on: AKS,
    holds: (each, made) => below(`${AKS}/maintenanceConfigurations`, each, made).length === 2,
  },
  {
    name: 'Azure.AKS.MinNodeCount',
    what: 'three system nodes',
    on: AKS,
    holds: ofMode('System', 3),
    waived: {
      ...outsideProd(SMALL),
      prod: 'serving has three; the clusters of jobs have two, since a job that is lost is submitted again',
    },
  },
  {
    name: 'Azure.AKS.MinUserPoolNodes',
    what: 'three nodes in user pools',
    on: AKS,
    holds: ofMode('User', 3),
    waived: everywhere(FROM_ZERO),
  },
  {
    name: 'Azure.AKS.NodeMinPods',
    what: '50 pods a node or more',
    on: AKS,
    holds: every('maxPods', (pods) => Number(pods) >= 50),
  },
  {
    name: 'Azure.AKS.SecretStore',
    what: 'secrets come from a vault',
    on: AKS,
    holds: is('addonProfiles.azureKeyvaultSecretsProvider.enabled', true),
    waived: everywhere(NO_SECRETS),
  },
  {
    name: 'Azure.AKS.UptimeSLA',
    what: 'a tier with a service level',
    on: AKS,
    holds: (each) => at(each, 'sku.tier') !== 'Free',
    waived: outsideProd(SMALL),
  },
  {
    name: 'Azure.AKS.Version',
    what: 'a supported version',
    on: AKS,
    holds: (each) => Number(String(at(each, 'properties.kubernetesVersion')).split('.')[1]) >= 34,
  },
  {
    name: 'Azure.AKS.PoolVersion',
    what: 'pools run the version of the cluster',
    on: AKS,
    holds: every('orchestratorVersion', (version) => version === undefined),
  },
  {
    name: 'Azure.AKS.CNISubnetSize',
    what: 'pods do not use up the subnet (they have addresses of their own)',
    on: AKS,
    holds: is('networkProfile.networkPluginMode', 'overlay'),
  },
  {
    name: 'Azure.AKS.StandardLB',
    what: 'a Standard load balancer',
    on: AKS,
    holds: is('networkProfile.loadBalancerSku', 'standard'),
  },
];
