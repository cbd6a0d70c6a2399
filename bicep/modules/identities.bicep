import { identityNames } from '../names.bicep'
import { identity, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Names of the identities, by principal.')
param names identityNames

@description('Tags of each resource.')
param tags resourceTags

// User-assigned, so that their roles are there before what uses them.
resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for item in items(names): {
    name: item.value
    location: location
    tags: tags
  }
]

@description('The identities, by principal.')
output all identity[] = [
  for (item, i) in items(names): {
    principal: item.key
    id: identities[i].id
    clientId: identities[i].properties.clientId
    principalId: identities[i].properties.principalId
  }
]
