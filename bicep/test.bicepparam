using './main.bicep'

// As production in what can differ by kind (GPU, Roles), small in what differs by number.
// What deploy-infrastructure.sh found in test.settings.json.
var settings = json(readEnvironmentVariable('LANDFALL_SETTINGS', '{}'))

param environment = 'test'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
param location = readEnvironmentVariable('LANDFALL_LOCATION', 'swedencentral')
param resilience = 'single'
param network = 'public'
param allowedAddresses = []
param clusterSettings = {
  dataProcessing: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 4 }
  }
  training: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 0, maxCount: 2 }
  }
  trainingGpu: { vmSize: 'Standard_NC4as_T4_v3', osDiskSizeGB: 128, minCount: 0, maxCount: 2 }
  serving: {
    system: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 2 }
    work: { vmSize: 'Standard_D4ds_v5', osDiskSizeGB: 120, minCount: 1, maxCount: 3 }
  }
  logs: ['cluster-autoscaler']
  appAccess: readEnvironmentVariable('LANDFALL_APP_ACCESS', 'roles')
}
param alwaysReadyDurable = 0
param signInClientId = ''
param extraSettings = settings
param extraSettingNames = objectKeys(settings)
param alertEmail = readEnvironmentVariable('LANDFALL_ALERT_EMAIL', '')
param budget = { amount: 1000, start: readEnvironmentVariable('LANDFALL_BUDGET_START', '2026-11-01') }
