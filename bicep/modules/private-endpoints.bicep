import { endpoint, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Tags of each resource.')
param tags resourceTags

@description('Name of the virtual network.')
param networkName string

@description('The endpoints.')
param endpoints endpoint[]

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: networkName

  resource subnet 'subnets' existing = {
    name: 'endpoints'
  }
}

// A zone of each service, which endpoints of the same service share.
var services = union(map(endpoints, each => each.service), [])
var storageSuffix = environment().suffixes.storage
// environment() does not know that of Event Grid. https://learn.microsoft.com/azure/private-link/private-endpoint-dns
var eventGridSuffixes = {
  AzureCloud: 'azure.net'
  AzureUSGovernment: 'azure.us'
  AzureChinaCloud: 'azure.cn'
}
var eventGridSuffix = eventGridSuffixes[environment().name]

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: {
    name: service == 'topic' ? 'privatelink.eventgrid.${eventGridSuffix}' : 'privatelink.${service}.${storageSuffix}'
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, i) in services: {
    parent: dnsZones[i]
    name: 'landfall'
    location: 'global'
    tags: tags
    properties: { virtualNetwork: { id: network.id }, registrationEnabled: false }
  }
]

// One after the other: a storage account takes one change at a time, a subnet too.
@batchSize(1)
resource privateEndpoints 'Microsoft.Network/privateEndpoints@2025-07-01' = [
  for each in endpoints: {
    name: each.name
    location: location
    tags: tags
    properties: {
      subnet: { id: network::subnet.id }
      privateLinkServiceConnections: [
        {
          name: each.name
          #disable-next-line use-resource-id-functions // it comes with the parameter
          properties: { privateLinkServiceId: each.resourceId, groupIds: [each.service] }
        }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = [
  for (each, i) in endpoints: {
    parent: privateEndpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: each.service
          properties: { privateDnsZoneId: dnsZones[indexOf(services, each.service)].id }
        }
      ]
    }
  }
]
