import { clusterAccess, principals } from '../types.bicep'
import { names } from '../names.bicep'

@description('Names of the resources that roles are given on.')
param resources names

@description('Object ids, by principal.')
param objectIds principals

@description('Whether the rows of scope namespaces hold.')
param appClusterAccess clusterAccess

// What the app may do to a cluster in Azure: find it, start it, learn its address. What it may do inside is
// workloads/clusters/*/app-role.yaml. AKS Cluster User alone cannot start one, and AKS Contributor could delete it.
resource clusterUser 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'Landfall Cluster User')
  properties: {
    roleName: 'Landfall Cluster User (${uniqueString(resourceGroup().id)})' // one of its name in a tenant
    description: 'Reads, starts and connects to clusters.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          'Microsoft.ContainerService/managedClusters/read'
          'Microsoft.ContainerService/managedClusters/start/action'
          'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'
          'Microsoft.ContainerService/managedClusters/agentPools/read'
        ]
      }
    ]
  }
}

var table = loadYamlContent('../roles.yaml')
var definitions = union(table.definitions, {
  'Landfall Cluster User': guid(resourceGroup().id, 'Landfall Cluster User')
})
var assignments = map(table.onClusters, row => {
  scope: row.scope
  key: '${objectIds[row.principal]} ${definitions[row.role]}'
  properties: {
    principalId: objectIds[row.principal]
    principalType: row.principal == 'deployer' ? null : 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions[row.role])
  }
})
var clusterNames = map(items(resources.clusters), cluster => cluster.value)
var perCluster = flatten(map(
  filter(assignments, row => row.scope == 'clusters'),
  row => map(clusterNames, name => union(row, { cluster: name }))
))
var perNamespace = flatten(map(
  filter(assignments, row => row.scope == 'namespaces' && appClusterAccess == 'namespaceAdmin'),
  row => map(clusterNames, name => union(row, { cluster: name }))
))

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: resources.registry
}

resource clusters 'Microsoft.ContainerService/managedClusters@2025-10-01' existing = [
  for row in perCluster: {
    name: row.cluster
  }
]

// A namespace is no resource of Azure's, so that Bicep has no type of it (BCP081), but roles may be given on it: documented
// for `az role assignment create --scope CLUSTER/namespaces/NAME`, which makes the same request as this. Not to be
// confused with managedNamespaces, which are resources. https://learn.microsoft.com/azure/aks/manage-azure-rbac
#disable-next-line BCP081
resource namespaces 'Microsoft.ContainerService/managedClusters/namespaces@2025-10-01' existing = [
  for row in perNamespace: {
    name: '${row.cluster}/landfall'
  }
]

resource onRegistry 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in filter(assignments, row => row.scope == 'registry'): {
    scope: registry
    name: guid(registry.id, row.key)
    properties: row.properties
  }
]

resource onCluster 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, i) in perCluster: {
    scope: clusters[i]
    dependsOn: [clusterUser]
    name: guid(clusters[i].id, row.key)
    properties: row.properties
  }
]

resource onNamespace 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, i) in perNamespace: {
    scope: namespaces[i]
    name: guid(namespaces[i].id, row.key)
    properties: row.properties
  }
]
