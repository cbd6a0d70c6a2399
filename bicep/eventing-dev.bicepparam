using './eventing.bicep'

param environment = 'dev'
param name = readEnvironmentVariable('LANDFALL_NAME', 'landfall')
