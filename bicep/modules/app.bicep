import { identity, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Name of the function app.')
param name string

@description('Tags of each resource.')
param tags resourceTags

@description('Identity of the app.')
param who identity

@description('Settings that shared/config.ts reads.')
param settings appSettings

@description('Storage account of the host: task hub, tables, deployed code.')
param hostName string

@description('Container that the code is deployed to.')
param packagesUrl string

@description('Where telemetry goes.')
param insightsConnection string

@description('Instances that always wait for orchestrations and activities. Without one the first of them starts cold.')
@minValue(0)
param alwaysReadyDurable int

@description('Subnet that the app goes out through; empty where it goes out by itself.')
param subnetId string

@description('Client id of the app registration that people sign in with; empty where function keys are all.')
param signInClientId string

@description('The settings, by name.')
type appSettings = {
  *: string
}

// What the platform and the SDKs read. Flex Consumption refuses FUNCTIONS_WORKER_RUNTIME and the like.
var platformSettings = {
  AzureWebJobsStorage__accountName: hostName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: who.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${who.clientId};Authorization=AAD'
  AZURE_CLIENT_ID: who.clientId // the one that DefaultAzureCredential takes
}
var signInSettings = empty(signInClientId) ? {} : { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: who.clientId }

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${who.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Event Grid delivers from public addresses and presents no certificate; keys and Entra guard the routes.
    publicNetworkAccess: 'Enabled'
    clientCertEnabled: false
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: who.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        alwaysReady: alwaysReadyDurable > 0 ? [{ name: 'durable', instanceCount: alwaysReadyDurable }] : []
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
      appSettings: [
        for item in items(union(platformSettings, signInSettings, settings)): { name: item.key, value: item.value }
      ]
    }
  }

  // Code is published with an Entra token, never with a publishing password.
  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

module signIn 'sign-in.bicep' = if (!empty(signInClientId)) {
  params: { appName: app.name, clientId: signInClientId }
}

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
