import { resilienceMode, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the registry.')
@minLength(5)
@maxLength(50)
param name string

@description('Tags of each resource.')
param tags resourceTags

@description('zones takes the Standard tier, whose throughput and storage fit a cluster that rolls out.')
param resilience resilienceMode

// Open to the network in both modes: `az acr build` makes the base images on machines outside any network of ours, and
// only Premium has private endpoints. Nothing is read or written without an Entra token.
resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: resilience == 'zones' ? 'Standard' : 'Basic' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: 'Enabled'
  }
}

@description('Host name of the registry.')
output loginServer string = registry.properties.loginServer
