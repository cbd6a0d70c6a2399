import { networkMode, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the virtual network.')
param name string

@description('Tags of each resource.')
param tags resourceTags

@description('Clusters, each of which gets a subnet.')
param clusters string[]

@description('private adds subnets for the function app and private endpoints, and one address that all goes out by.')
param mode networkMode

// Pods have addresses of their own (overlay), so nodes alone count: 251 of them.
var nodeSubnets = [
  for (cluster, i) in clusters: {
    name: cluster
    properties: union(
      { addressPrefix: cidrSubnet('10.64.0.0/16', 24, i), defaultOutboundAccess: false },
      mode == 'private' ? { natGateway: { id: gateway.id } } : {}
    )
  }
]
var privateSubnets = [
  {
    name: 'functions'
    properties: {
      addressPrefix: '10.64.8.0/26'
      defaultOutboundAccess: false
      natGateway: mode == 'private' ? { id: gateway.id } : null
      // https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#enable-virtual-network-integration
      delegations: [
        {
          name: 'functions'
          properties: { serviceName: 'Microsoft.App/environments' }
        }
      ]
    }
  }
  {
    name: 'endpoints'
    properties: {
      addressPrefix: '10.64.9.0/26'
      defaultOutboundAccess: false
    }
  }
]

resource address 'Microsoft.Network/publicIPAddresses@2025-07-01' = if (mode == 'private') {
  name: '${name}-address'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource gateway 'Microsoft.Network/natGateways@2025-07-01' = if (mode == 'private') {
  name: '${name}-gateway'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.64.0.0/16'] }
    subnets: mode == 'private' ? concat(nodeSubnets, privateSubnets) : nodeSubnets
  }
}

@description('Subnet of the function app; there only in mode private.')
output functionsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', name, 'functions')

@description('Address that all goes out by; empty where there is none.')
output address string = mode == 'private' ? address!.properties.ipAddress : ''
