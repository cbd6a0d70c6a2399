import { resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the workspace.')
param workspaceName string

@description('Name of the Application Insights component.')
param insightsName string

@description('Tags of each resource.')
param tags resourceTags

@description('Who is told of alerts by mail; nobody where it is empty.')
param alertEmail string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30 // what the price of ingestion includes
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

// What Container Insights collects on the clusters: state of the pods everywhere it matters, logs of ours alone.
// https://learn.microsoft.com/azure/azure-monitor/containers/container-insights-data-collection-configure
resource containerLogs 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: '${workspaceName}-containers'
  location: location
  tags: tags
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: containerStreams
          extensionSettings: {
            dataCollectionSettings: {
              interval: '1m'
              namespaceFilteringMode: 'Include'
              namespaces: ['landfall']
              enableContainerLogV2: true
            }
          }
        }
      ]
    }
    destinations: {
      logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }]
    }
    dataFlows: [{ streams: containerStreams, destinations: ['workspace'] }]
  }
}
var containerStreams = ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents', 'Microsoft-KubePodInventory']

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Landfall (${tags.environment})'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: loadTextContent('../monitoring/workbook.json')
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${workspaceName}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'landfall'
    enabled: true
    emailReceivers: empty(alertEmail) ? [] : [{ name: 'mail', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

@description('Id of the workspace.')
output workspaceId string = workspace.id

@description('Where the app sends its telemetry. Holds no secret: without an Entra token nothing is taken.')
output insightsConnection string = insights.properties.ConnectionString

@description('Id of what Container Insights collects.')
output containerLogsId string = containerLogs.id

@description('Id of the action group.')
output peopleId string = people.id
