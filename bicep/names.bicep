import { environmentName } from 'types.bicep'

@export()
@description('Names of everything, the same at each deployment. main.bicep and eventing.bicep both use them, so neither has to be told what the other made.')
func namesOf(subscriptionId string, environment environmentName, name string) names =>
  namesWith('${name}-${environment}', name, take(uniqueString(subscriptionId, environment, name), 10))

@export()
@description('The names.')
type names = {
  @description('Resource group of all but the nodes.')
  resourceGroup: string

  @description('Storage account of the lake.')
  lake: string

  @description('Storage account of the host: task hub, tables, deployed code.')
  host: string

  @description('Container registry.')
  registry: string

  @description('Function app.')
  app: string

  @description('Event Grid topic of the lifecycle events.')
  topic: string

  @description('Event Grid topic of what happens in the lake.')
  lakeTopic: string

  @description('Log Analytics workspace.')
  workspace: string

  @description('Application Insights component.')
  insights: string

  @description('Virtual network.')
  network: string

  @description('Clusters, by what they are for.')
  clusters: clusterNames

  @description('Managed identities, by principal.')
  identities: identityNames
}

@export()
@description('Names of the clusters.')
type clusterNames = {
  @description('Spark.')
  'data-processing': string

  @description('PyTorch.')
  training: string

  @description('KServe.')
  serving: string
}

@export()
@description('Names of the managed identities.')
type identityNames = {
  @description('The function app.')
  app: string

  @description('Pods of Spark jobs.')
  spark: string

  @description('Pods of training jobs.')
  train: string

  @description('Pods of predictors.')
  serve: string

  @description('Control plane of the data-processing cluster.')
  'cluster-data-processing': string

  @description('Control plane of the training cluster.')
  'cluster-training': string

  @description('Control plane of the serving cluster.')
  'cluster-serving': string
}

// Storage accounts and registries take neither dashes nor more than 24 characters.
func namesWith(base string, plain string, unique string) names => {
  resourceGroup: base
  lake: '${plain}lake${unique}'
  host: '${plain}host${unique}'
  registry: '${plain}${unique}'
  app: '${base}-${unique}'
  topic: '${base}-events-${unique}'
  lakeTopic: '${base}-lake'
  workspace: '${base}-logs'
  insights: '${base}-insights'
  network: '${base}-network'
  clusters: {
    'data-processing': '${base}-data-processing'
    training: '${base}-training'
    serving: '${base}-serving'
  }
  identities: {
    app: '${base}-app'
    spark: '${base}-spark'
    train: '${base}-train'
    serve: '${base}-serve'
    'cluster-data-processing': '${base}-cluster-data-processing'
    'cluster-training': '${base}-cluster-training'
    'cluster-serving': '${base}-cluster-serving'
  }
}
