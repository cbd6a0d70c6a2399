import { principals } from '../types.bicep'
import { names } from '../names.bicep'

@description('Names of the resources that roles are given on.')
param resources names

@description('Object ids, by principal.')
param objectIds principals

var table = loadYamlContent('../roles.yaml')

// The id of the assignment follows from principal, role and scope: another principal makes another assignment, since
// the principal of an existing one cannot be changed. principalType spares a look-up that fails while a new identity
// replicates; who deploys may be a person or not, and is there already.
var assignments = map(table.beforeClusters, row => {
  scope: row.scope
  kind: split(row.scope, '/')[0]
  part: last(split(row.scope, '/'))
  key: '${objectIds[row.principal]} ${table.definitions[row.role]}'
  properties: {
    principalId: objectIds[row.principal]
    principalType: row.principal == 'deployer' ? null : 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', table.definitions[row.role])
  }
})
var onContainers = filter(assignments, row => row.kind == 'lake' && row.scope != 'lake')
var onSubnets = filter(assignments, row => row.kind == 'subnet')

resource lake 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: resources.lake

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' existing = [
  for row in onContainers: {
    parent: lake::blobs
    name: row.part
  }
]

resource host 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: resources.host
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: resources.registry
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: resources.topic
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: resources.insights
}

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: resources.network
}

resource subnets 'Microsoft.Network/virtualNetworks/subnets@2025-07-01' existing = [
  for row in onSubnets: {
    parent: network
    name: row.part
  }
]

resource onLake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in filter(assignments, row => row.scope == 'lake'): {
    scope: lake
    name: guid(lake.id, row.key)
    properties: row.properties
  }
]

resource onContainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, i) in onContainers: {
    scope: containers[i]
    name: guid(containers[i].id, row.key)
    properties: row.properties
  }
]

resource onHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in filter(assignments, row => row.scope == 'host'): {
    scope: host
    name: guid(host.id, row.key)
    properties: row.properties
  }
]

resource onRegistry 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in filter(assignments, row => row.scope == 'registry'): {
    scope: registry
    name: guid(registry.id, row.key)
    properties: row.properties
  }
]

resource onTopic 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in filter(assignments, row => row.scope == 'topic'): {
    scope: topic
    name: guid(topic.id, row.key)
    properties: row.properties
  }
]

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in filter(assignments, row => row.scope == 'insights'): {
    scope: insights
    name: guid(insights.id, row.key)
    properties: row.properties
  }
]

resource onSubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, i) in onSubnets: {
    scope: subnets[i]
    name: guid(subnets[i].id, row.key)
    properties: row.properties
  }
]
