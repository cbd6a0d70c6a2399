using './main.bicep'

// One developer's copy: everything at its smallest, no GPU quota asked for, nothing closed off.
// What deploy-infrastructure.sh found in dev.settings.json.
var settings = json(readEnvironmentVariable('LANDFALL_SETTINGS', '{}'))

param environment = 'dev'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
param location = readEnvironmentVariable('LANDFALL_LOCATION', 'swedencentral')
param resilience = 'single'
param network = 'public'
param allowedAddresses = []
param clusterSettings = {
  dataProcessing: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  training: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  serving: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  logs: []
  appAccess: readEnvironmentVariable('LANDFALL_APP_ACCESS', 'roles')
}
param alwaysReadyDurable = 0
param signInClientId = ''
param extraSettings = settings
param extraSettingNames = objectKeys(settings)
param alertEmail = readEnvironmentVariable('LANDFALL_ALERT_EMAIL', '')
param budget = { amount: 700, start: readEnvironmentVariable('LANDFALL_BUDGET_START', '2026-11-01') }
