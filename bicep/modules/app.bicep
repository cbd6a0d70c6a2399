import { appSettings, identity, resourceTags, secretSettings } from '../types.bicep'

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

@description('Settings beyond those: what pipelines refer to, for one. They are given again at each deployment, since Azure keeps only the settings that it is given.')
param extraSettings secretSettings

@description('Names of those: what the values may not show.')
param extraSettingNames string[]

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

// What the platform and the SDKs read. Flex Consumption refuses FUNCTIONS_WORKER_RUNTIME and the like.
var platformSettings = {
  AzureWebJobsStorage__accountName: hostName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: who.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${who.clientId};Authorization=AAD'
  AZURE_CLIENT_ID: who.clientId // the one that DefaultAzureCredential takes
  AZURE_AUTHORITY_HOST: environment().authentication.loginEndpoint
}
var signInSettings = empty(signInClientId) ? {} : { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: who.clientId }
var ownSettings = union(platformSettings, signInSettings, settings)
var taken = intersection(extraSettingNames, objectKeys(ownSettings))
var ownPairs = map(items(ownSettings), item => { name: item.key, value: item.value })

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
    keyVaultReferenceIdentity: who.id // which reads what settings refer to as @Microsoft.KeyVault(…)
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
      appSettings: empty(extraSettingNames)
        ? ownPairs
        : !empty(taken)
            ? fail('Settings that follow from the deployment cannot be given: ${join(taken, ', ')}')
            : concat(ownPairs, map(extraSettingNames, name => { name: name, value: extraSettings[name] }))
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
