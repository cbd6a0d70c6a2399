@export()
@description('Name of an environment, which is part of the names of what it holds.')
type environmentName = 'dev' | 'test' | 'prod'

@export()
@description('single: one zone, local copies, no paid service level. zones: nodes and data over three zones, clusters with a service level.')
type resilienceMode = 'single' | 'zones'

@export()
@description('public: services have public addresses and ask for Entra tokens. private: storage and topic answer in the virtual network, and API servers only to its address and the allowed ones.')
type networkMode = 'public' | 'private'

@export()
@description('How the app gets its rights within the namespace landfall. roles: by the Roles in workloads/clusters. namespaceAdmin: by the Azure role RBAC Cluster Admin on the namespace, where the Roles are not honoured.')
type clusterAccess = 'roles' | 'namespaceAdmin'

@export()
@description('Nodes of one size whose number follows the load.')
type nodePool = {
  @description('Size of the virtual machines; the OS disk lies on their temporary disk.')
  vmSize: string

  @description('Size of the OS disk; at most that of the temporary disk.')
  osDiskSizeGB: int

  @description('Nodes that stay when nothing runs.')
  @minValue(0)
  minCount: int

  @description('Most nodes.')
  @minValue(1)
  maxCount: int
}

@description('The two pools that every cluster has.')
type clusterPools = {
  @description('Cluster services and operators; at least 4 vCPUs a node.')
  system: nodePool

  @description('What the cluster is there for.')
  work: nodePool
}

@export()
@description('A pool of what a cluster is there for.')
type workPool = {
  @description('Name of the pool.')
  @maxLength(12)
  name: string

  @description('Its nodes.')
  size: nodePool

  @description('Taints of its nodes.')
  taints: string[]
}

@export()
@description('Logs of API servers.')
type clusterLog =
  | 'cluster-autoscaler'
  | 'guard'
  | 'kube-apiserver'
  | 'kube-audit-admin'
  | 'kube-controller-manager'
  | 'kube-scheduler'

@export()
@description('A managed identity.')
type identity = {
  @description('Who it is, as in names.bicep.')
  principal: string

  @description('Resource id.')
  id: string

  @description('Client id: how the identity is named when a token is asked for.')
  clientId: string

  @description('Object id: whom roles are given to.')
  principalId: string
}

@export()
@description('The three clusters.')
type clusterSettings = {
  @description('Pools of the data-processing cluster (Spark).')
  dataProcessing: clusterPools

  @description('Pools of the training cluster (PyTorch); jobs without a GPU run on the work pool.')
  training: clusterPools

  @description('Nodes with NVIDIA GPUs, tainted so that nothing comes there by chance; left out where a subscription has no GPU quota.')
  trainingGpu: nodePool?

  @description('Pools of the serving cluster (KServe).')
  serving: clusterPools

  @description('Logs of the API servers that are kept.')
  logs: clusterLog[]

  @description('How the app gets its rights within the namespace landfall.')
  appAccess: clusterAccess
}

@export()
@description('Amount that should not be passed.')
type budgetSettings = {
  @description('Amount a month, in the currency of the subscription.')
  @minValue(1)
  amount: int

  @description('First month, as 2026-11-01. Azure takes the running month at first, and no other one later.')
  start: string
}

@export()
@description('App settings, by name.')
type appSettings = {
  *: string
}

@export()
@secure()
@description('App settings that may hold secrets: the record of a deployment leaves them out.')
type secretSettings = {
  *: string
}

@export()
@description('A private endpoint: one service of one resource.')
type endpoint = {
  @description('Name of the endpoint.')
  name: string

  @description('Resource that it leads to.')
  resourceId: string

  @description('Service of the resource, as Private Link names it.')
  service: 'blob' | 'dfs' | 'queue' | 'table' | 'topic'
}

@export()
@description('Tags that every resource carries.')
type resourceTags = {
  @description('What the resource belongs to.')
  application: string

  @description('Environment.')
  environment: environmentName
}

@export()
@description('Object ids, by principal: the identities of names.bicep, lakeTopic and deployer.')
type principals = {
  *: string
}

@export()
@description('What the next steps of a deployment need to know.')
type deployed = {
  @description('Function app, which the code is published to.')
  functionApp: string

  @description('Host name of the function app.')
  functionHost: string

  @description('Storage account of the lake.')
  lake: string

  @description('Container registry, which the base images are built in.')
  registry: string

  @description('Clusters, by what they are for.')
  clusters: {
    @description('Spark.')
    'data-processing': string

    @description('PyTorch.')
    training: string

    @description('KServe.')
    serving: string
  }

  @description('Object id of the app, whom the Roles of the namespace landfall are bound to.')
  appObjectId: string

  @description('Client ids of the identities, by service account.')
  serviceAccounts: {
    @description('Spark jobs.')
    spark: string

    @description('Training jobs.')
    train: string

    @description('Predictors.')
    serve: string
  }

  @description('Whether the device plugin is wanted on the training cluster.')
  gpu: 'nvidia' | 'none'
}
