using './eventing.bicep'

param environment = 'test'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
