using './main.bicep'

// One developer's copy: everything at its smallest, no GPU quota asked for, nothing closed off.
param environment = 'dev'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
param location = readEnvironmentVariable('LANDFALL_LOCATION', 'swedencentral')
param resilience = 'single'
param network = 'public'
param allowedAddresses = []
param clusterSettings = {
  dataProcessing: {
    system: { vmSize: 'Standard_D2ds_v5', osDiskSizeGB: 60, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  trainingSystem: { vmSize: 'Standard_D2ds_v5', osDiskSizeGB: 60, minCount: 1, maxCount: 2 }
  trainingGpu: {
    kind: 'none'
    pool: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  serving: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  logs: []
  // A branch that adds a kind works before its Role is applied.
  appAccess: 'namespaceAdmin'
}
param alwaysReadyDurable = 0
param signInClientId = ''
param alertEmail = readEnvironmentVariable('LANDFALL_ALERT_EMAIL', '')
param budget = { amount: 500, start: readEnvironmentVariable('LANDFALL_BUDGET_START', '2026-11-01') }
