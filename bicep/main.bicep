import { namesOf } from 'names.bicep'
import {
  budgetSettings
  clusterSettings as clusterSettingsType
  deployed
  environmentName
  networkMode
  resilienceMode
  secretSettings
} from 'types.bicep'

targetScope = 'subscription'

@description('Environment.')
param environment environmentName

@description('What all names begin with: lower-case letters and digits.')
@minLength(3)
@maxLength(10)
param name string

@description('Region of everything.')
param location string

@description('How much the environment survives.')
param resilience resilienceMode

@description('How services are reached.')
param network networkMode

@description('Address ranges in CIDR notation that reach lake and API servers in mode private, beside the virtual network.')
param allowedAddresses string[]

@description('The clusters.')
param clusterSettings clusterSettingsType

@description('Instances of the app that always wait for orchestrations.')
param alwaysReadyDurable int

@description('Client id of the app registration that people sign in with; empty where function keys are all.')
param signInClientId string

@description('App settings beyond those that follow from the deployment, such as SOURCE_…; they cannot change those.')
param extraSettings secretSettings

@description('Names of those.')
param extraSettingNames string[]

@description('Who is told of alerts by mail; nobody where it is empty.')
param alertEmail string

@description('Amount that should not be passed.')
param budget budgetSettings

var names = namesOf(subscription().subscriptionId, environment, name)
var tags = { application: name, environment: environment }
var isPrivate = network == 'private'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: names.resourceGroup
  location: location
  tags: tags
}

// Who there is.
module identities 'modules/identities.bicep' = {
  scope: group
  params: { location: location, tags: tags, names: names.identities }
}
var who = toObject(identities.outputs.all, each => each.principal)
var objectIds = union(mapValues(who, each => each.principalId), { deployer: deployer().objectId })

// What everything stands on.
module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
    insightsName: names.insights
    alertEmail: alertEmail
  }
}
module net 'modules/network.bicep' = {
  scope: group
  params: { location: location, tags: tags, name: names.network, clusters: objectKeys(names.clusters), mode: network }
}
module lake 'modules/lake.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: names.lake
    resilience: resilience
    mode: network
    allowedAddresses: allowedAddresses
  }
}
module host 'modules/host.bicep' = {
  scope: group
  params: { location: location, tags: tags, name: names.host, resilience: resilience, mode: network }
}
module registry 'modules/registry.bicep' = {
  scope: group
  params: { location: location, tags: tags, name: names.registry, resilience: resilience }
}
module events 'modules/events.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    topicName: names.topic
    lakeTopicName: names.lakeTopic
    lakeId: lake.outputs.id
    mode: network
    workspaceId: monitoring.outputs.workspaceId
  }
}

// Who may do what there.
module roles 'modules/roles.bicep' = {
  scope: group
  dependsOn: [host, net, registry]
  params: {
    resources: names
    objectIds: union(objectIds, { lakeTopic: events.outputs.lakeTopicPrincipalId })
  }
}

// The clusters, and who may do what on them.
module clusters 'modules/clusters.bicep' = {
  scope: group
  dependsOn: [roles]
  params: {
    location: location
    tags: tags
    names: names
    resilience: resilience
    settings: clusterSettings
    natGateway: isPrivate
    authorizedRanges: isPrivate ? concat(['${net.outputs.address}/32'], allowedAddresses) : []
    identities: identities.outputs.all
    workspaceId: monitoring.outputs.workspaceId
    containerLogsId: monitoring.outputs.containerLogsId
  }
}

// The app.
module app 'modules/app.bicep' = {
  scope: group
  // What it begins with: its rights, and in mode private the ways to host storage and lake.
  dependsOn: [roles, privateEndpoints]
  params: {
    location: location
    tags: tags
    name: names.app
    who: who.app
    hostName: names.host
    packagesUrl: host.outputs.packagesUrl
    insightsConnection: monitoring.outputs.insightsConnection
    alwaysReadyDurable: alwaysReadyDurable
    subnetId: isPrivate ? net.outputs.functionsSubnetId : ''
    signInClientId: signInClientId
    extraSettings: extraSettings
    extraSettingNames: extraSettingNames
    settings: {
      ARM_URL: az.environment().resourceManager
      LAKE_URL: lake.outputs.url
      TABLES_URL: host.outputs.tablesUrl
      TOPIC_URL: events.outputs.topicUrl
      REGISTRY_URL: 'https://${registry.outputs.loginServer}'
      CLUSTER_DATA_PROCESSING: 'aks:${clusters.outputs.ids[0]}'
      CLUSTER_TRAINING: 'aks:${clusters.outputs.ids[1]}'
      CLUSTER_SERVING: 'aks:${clusters.outputs.ids[2]}'
    }
  }
}

// What only private environments have.
module privateEndpoints 'modules/private-endpoints.bicep' = if (isPrivate) {
  scope: group
  dependsOn: [net]
  params: {
    location: location
    tags: tags
    networkName: names.network
    endpoints: [
      { name: 'lake-blob', resourceId: lake.outputs.id, service: 'blob' }
      { name: 'lake-dfs', resourceId: lake.outputs.id, service: 'dfs' }
      { name: 'host-blob', resourceId: host.outputs.id, service: 'blob' }
      { name: 'host-queue', resourceId: host.outputs.id, service: 'queue' }
      { name: 'host-table', resourceId: host.outputs.id, service: 'table' }
      { name: 'topic', resourceId: events.outputs.topicId, service: 'topic' }
    ]
  }
}

// Who hears when something is wrong, or dear.
module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    lakeTopicId: events.outputs.lakeTopicId
    peopleId: monitoring.outputs.peopleId
  }
}
module monthlyBudget 'modules/budget.bicep' = {
  params: {
    name: names.resourceGroup
    settings: budget
    resourceGroups: [names.resourceGroup, ...map(items(names.clusters), each => '${each.value}-nodes')]
    peopleId: monitoring.outputs.peopleId
  }
}

@description('What the next steps need to know. No secret is among it.')
output landfall deployed = {
  functionApp: names.app
  functionHost: app.outputs.hostName
  lake: names.lake
  registry: names.registry
  clusters: names.clusters
  appObjectId: who.app.principalId
  serviceAccounts: {
    spark: who.spark.clientId
    train: who.train.clientId
    serve: who.serve.clientId
  }
  gpu: clusterSettings.?trainingGpu == null ? 'none' : 'nvidia'
}
