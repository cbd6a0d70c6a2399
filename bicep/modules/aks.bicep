import { clusterLog, identity, nodePool, resilienceMode, resourceTags, workPool } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the cluster.')
param name string

@description('Tags of each resource.')
param tags resourceTags

@description('zones spreads the nodes and takes the tier with a service level.')
param resilience resilienceMode

@description('Pool of cluster services and operators. It has no taint, since operators tolerate none and have to run when the other pools are at zero; jobs and predictors keep away by themselves (shared/manifests/pod-options.ts).')
param system nodePool

@description('Pools of what the cluster is there for.')
param work workPool[]

@description('Subnet of the nodes.')
param subnetId string

@description('Whether nodes go out through the NAT gateway of the subnet instead of a load balancer.')
param natGateway bool

@description('Address ranges that reach the API server; none means all.')
param authorizedRanges string[]

@description('Identity of the control plane.')
param controlPlane identity

@description('Workspace that logs go to.')
param workspaceId string

@description('What Container Insights collects.')
param containerLogsId string

@description('Logs of the API server that are kept.')
param logs clusterLog[]

// Minor version alone: the upgrade channel chooses the patch. The operators in workloads/clusters are pinned to it.
var version = '1.35'
var zones = resilience == 'zones' ? ['1', '2', '3'] : null

// No count: a pool is as large as its load. Each deployment would set the count anew and take nodes from running jobs.
var pools = [
  for pool in concat([{ name: 'system', size: system, taints: [] }], work): {
    name: pool.name
    mode: pool.name == 'system' ? 'System' : 'User'
    vmSize: pool.size.vmSize
    osType: 'Linux'
    osSKU: 'Ubuntu'
    osDiskType: 'Ephemeral'
    osDiskSizeGB: pool.size.osDiskSizeGB
    type: 'VirtualMachineScaleSets'
    enableAutoScaling: true
    minCount: pool.size.minCount
    maxCount: pool.size.maxCount
    maxPods: 110
    nodeTaints: pool.taints
    availabilityZones: zones
    vnetSubnetID: subnetId
    upgradeSettings: { maxSurge: '33%' }
  }
]

resource cluster 'Microsoft.ContainerService/managedClusters@2025-10-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Base', tier: resilience == 'zones' ? 'Standard' : 'Free' }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${controlPlane.id}': {} }
  }
  properties: {
    kubernetesVersion: version
    dnsPrefix: name
    nodeResourceGroup: '${name}-nodes'
    agentPoolProfiles: pools
    // Azure RBAC and Kubernetes Roles hold side by side. https://learn.microsoft.com/azure/aks/manage-azure-rbac
    disableLocalAccounts: true
    enableRBAC: true
    aadProfile: { managed: true, enableAzureRBAC: true, tenantID: tenant().tenantId }
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
      imageCleaner: { enabled: true, intervalHours: 48 }
    }
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' }
    apiServerAccessProfile: { authorizedIPRanges: authorizedRanges }
    // Each pool has one subnet and pods have addresses of their own, which three clusters may share.
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      loadBalancerSku: 'standard'
      outboundType: natGateway ? 'userAssignedNATGateway' : 'loadBalancer'
      podCidr: '10.244.0.0/16'
      serviceCidr: '172.16.0.0/16'
      dnsServiceIP: '172.16.0.10'
    }
    addonProfiles: {
      omsagent: {
        enabled: true
        config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' }
      }
    }
  }

  // Sunday night: upgrades wait for it, in turn.
  resource upgrades 'maintenanceConfigurations' = [
    for (schedule, i) in ['aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule']: {
      name: schedule
      properties: {
        maintenanceWindow: {
          schedule: { weekly: { dayOfWeek: 'Sunday', intervalWeeks: 1 } }
          startTime: i == 0 ? '00:00' : '04:00'
          durationHours: 4
        }
      }
    }
  ]
}

// The name is Container Insights' own.
resource containerLogs 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: cluster
  name: 'ContainerInsightsExtension'
  properties: { dataCollectionRuleId: containerLogsId }
}

// The newest stable version, of 2016, knows no workspaces' log categories.
#disable-next-line use-recent-api-versions
resource apiServerLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs)) {
  scope: cluster
  name: 'api-server'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [for log in logs: { category: log, enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Id of the cluster.')
output id string = cluster.id

@description('Object id of the identity by which nodes pull images. AKS makes it, so that no role has to be there first.')
output kubeletPrincipalId string = cluster.properties.identityProfile!.kubeletidentity!.objectId!

@description('Issuer of the tokens of its service accounts.')
output issuer string = cluster.properties.oidcIssuerProfile!.issuerURL
