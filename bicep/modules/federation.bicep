@description('A service account that acts as a managed identity.')
type federation = {
  @description('Name of the service account in the namespace landfall.')
  serviceAccount: string

  @description('Name of the identity.')
  identityName: string

  @description('Issuer of the cluster that the service account lives on.')
  issuer: string
}

@description('The service accounts. Each is the only one of its identity.')
param federations federation[]

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for item in federations: {
    name: item.identityName
  }
]

// One after the other: concurrent writes to an identity fail.
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
@batchSize(1)
resource credentials 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = [
  for (item, i) in federations: {
    parent: identities[i]
    name: item.serviceAccount
    properties: {
      issuer: item.issuer
      subject: 'system:serviceaccount:landfall:${item.serviceAccount}'
      audiences: ['api://AzureADTokenExchange']
    }
  }
]
