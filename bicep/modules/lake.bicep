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

@description('private: only the virtual network, the allowed addresses and Event Grid get through.')
param mode networkMode

@description('Address ranges in CIDR notation that get through in mode private: people who bring data.')
param allowedAddresses string[]

// Unlike AKS, Storage refuses /31 and /32: one address has no length.
// https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations
var allowedRanges = map(mode == 'private' ? allowedAddresses : [], range => replace(range, '/32', ''))

// As FILE_SYSTEMS in shared/names.ts.
var containers = ['landing', 'curated', 'models', 'runs', 'quarantine', 'deadletter']

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: resilience == 'zones' ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    isHnsEnabled: true // cannot be changed later
    accessTier: 'Hot'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    publicNetworkAccess: 'Enabled'
    // Event Grid comes in as a trusted service to write dead letters, which a storage firewall lets through only with
    // the topic's system-assigned identity. https://learn.microsoft.com/azure/event-grid/handler-storage-queues
    networkAcls: {
      defaultAction: mode == 'private' ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
      ipRules: [for range in allowedRanges: { value: range, action: 'Allow' }]
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource fileSystems 'containers' = [
      for container in containers: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }
}

@description('Id of the storage account.')
output id string = account.id

@description('Data Lake endpoint.')
output url string = account.properties.primaryEndpoints.dfs
