import { networkMode, resilienceMode, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('Tags of each resource.')
param tags resourceTags

@description('Whether data is kept in three zones.')
param resilience resilienceMode

@description('private: only the virtual network gets through.')
param mode networkMode

// As TableName in shared/clients/table.ts.
var tables = ['Arrivals', 'Runs', 'Models', 'Sources']

// Apart from the lake: the host's storage must not have a hierarchical namespace, and pods have no business here.
// https://learn.microsoft.com/azure/azure-functions/storage-considerations
resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: resilience == 'zones' ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    publicNetworkAccess: mode == 'private' ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: mode == 'private' ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource packages 'containers' = {
      name: 'packages'
      properties: { publicAccess: 'None' }
    }
  }

  resource tableService 'tableServices' = {
    name: 'default'

    resource each 'tables' = [
      for table in tables: {
        name: table
      }
    ]
  }
}

@description('Id of the storage account.')
output id string = account.id

@description('Table endpoint.')
output tablesUrl string = account.properties.primaryEndpoints.table

@description('Container that the code of the app is deployed to.')
output packagesUrl string = '${account.properties.primaryEndpoints.blob}packages'
