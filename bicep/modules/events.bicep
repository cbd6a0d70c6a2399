import { networkMode, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the topic of lifecycle events.')
param topicName string

@description('Name of the topic of what happens in the lake.')
param lakeTopicName string

@description('Tags of each resource.')
param tags resourceTags

@description('Id of the lake.')
param lakeId string

@description('private: lifecycle events are taken only from the virtual network.')
param mode networkMode

@description('Id of the workspace that failed deliveries are reported to.')
param workspaceId string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: mode == 'private' ? 'Disabled' : 'Enabled'
  }
}

// One system topic per account: a second one is refused. Its own identity writes dead letters.
resource lakeTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: lakeTopicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: lakeId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

// The newest stable version, of 2016, knows no workspaces' log categories.
#disable-next-line use-recent-api-versions
resource failedDeliveries 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: lakeTopic
  name: 'failed-deliveries'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
  }
}

@description('Id of the topic of lifecycle events.')
output topicId string = topic.id

@description('Where lifecycle events are sent.')
output topicUrl string = topic.properties.endpoint

@description('Id of the topic of what happens in the lake.')
output lakeTopicId string = lakeTopic.id

@description('Object id of the identity that writes dead letters.')
output lakeTopicPrincipalId string = lakeTopic.identity!.principalId
