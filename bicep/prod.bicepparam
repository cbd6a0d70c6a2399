using './main.bicep'

// Storage and topic answer in the virtual network alone; people and pipelines outside it come by LANDFALL_ALLOWED_ADDRESSES
// (address ranges, separated by commas), which must hold the address of whoever deploys: the API servers ask for it too.
var allowed = readEnvironmentVariable('LANDFALL_ALLOWED_ADDRESSES', '')

// What deploy-infrastructure.sh found in prod.settings.json.
var settings = json(readEnvironmentVariable('LANDFALL_SETTINGS', '{}'))

param environment = 'prod'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
param location = readEnvironmentVariable('LANDFALL_LOCATION', 'swedencentral')
param resilience = 'zones'
param network = 'private'
param allowedAddresses = empty(allowed) ? [] : split(allowed, ',')
param clusterSettings = {
  dataProcessing: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 2, maxCount: 3 }
    work: { vmSize: 'Standard_D8ds_v5', osDiskSizeGB: 128, minCount: 0, maxCount: 10 }
  }
  training: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 2, maxCount: 3 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 4 }
  }
  trainingGpu: { vmSize: 'Standard_NC8as_T4_v3', osDiskSizeGB: 256, minCount: 0, maxCount: 4 }
  serving: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 3, maxCount: 5 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 2, maxCount: 10 }
  }
  logs: [
    'cluster-autoscaler'
    'guard'
    'kube-apiserver'
    'kube-audit-admin'
    'kube-controller-manager'
    'kube-scheduler'
  ]
  appAccess: readEnvironmentVariable('LANDFALL_APP_ACCESS', 'roles')
}
param alwaysReadyDurable = 1
param signInClientId = readEnvironmentVariable('LANDFALL_SIGN_IN_CLIENT_ID', '')
param extraSettings = settings
param extraSettingNames = objectKeys(settings)
param alertEmail = readEnvironmentVariable('LANDFALL_ALERT_EMAIL', '')
param budget = { amount: 3000, start: readEnvironmentVariable('LANDFALL_BUDGET_START', '2026-11-01') }
