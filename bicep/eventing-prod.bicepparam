using './eventing.bicep'

param environment = 'prod'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
