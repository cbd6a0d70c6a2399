using './main.bicep'

// Storage and topic answer in the virtual network alone; people and pipelines outside it come by LANDFALL_ALLOWED_ADDRESSES
// (address ranges, separated by commas), which must hold the address of whoever deploys: the API servers ask for it too.
var allowed = readEnvironmentVariable('LANDFALL_ALLOWED_ADDRESSES', '')

param environment = 'prod'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
param location = readEnvironmentVariable('LANDFALL_LOCATION', 'swedencentral')
param resilience = 'zones'
param network = 'private'
param allowedAddresses = empty(allowed) ? [] : split(allowed, ',')
param clusterSettings = {
  dataProcessing: {
    system: { vmSize: 'Standard_D2ds_v5', osDiskSizeGB: 60, minCount: 2, maxCount: 3 }
    work: { vmSize: 'Standard_D8ds_v5', osDiskSizeGB: 128, minCount: 0, maxCount: 10 }
  }
  trainingSystem: { vmSize: 'Standard_D2ds_v5', osDiskSizeGB: 60, minCount: 2, maxCount: 3 }
  trainingGpu: {
    kind: 'nvidia'
    pool: { vmSize: 'Standard_NC8as_T4_v3', osDiskSizeGB: 256, minCount: 0, maxCount: 4 }
  }
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
  appAccess: 'roles'
}
param alwaysReadyDurable = 1
param signInClientId = readEnvironmentVariable('LANDFALL_SIGN_IN_CLIENT_ID', '')
param alertEmail = readEnvironmentVariable('LANDFALL_ALERT_EMAIL', '')
param budget = { amount: 2500, start: readEnvironmentVariable('LANDFALL_BUDGET_START', '2026-11-01') }
