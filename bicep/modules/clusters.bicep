import { names as namesType } from '../names.bicep'
import { clusterSettings, identity, resilienceMode, resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Tags of each resource.')
param tags resourceTags

@description('Names of everything.')
param names namesType

@description('zones spreads the nodes and takes the tier with a service level.')
param resilience resilienceMode

@description('Pools of the clusters, their logs, and the rights of the app.')
param settings clusterSettings

@description('Whether nodes go out through the NAT gateway of their subnet.')
param natGateway bool

@description('Address ranges that reach the API servers; none means all.')
param authorizedRanges string[]

@description('The managed identities.')
param identities identity[]

@description('Workspace that logs go to.')
param workspaceId string

@description('What Container Insights collects.')
param containerLogsId string

var who = toObject(identities, each => each.principal)
var gpu = settings.?trainingGpu

// The three parameter sets of aks.bicep. Jobs that ask for a GPU tolerate the taint (shared/manifests/pytorch-job.ts).
var sets = [
  {
    purpose: 'data-processing'
    serviceAccount: 'spark'
    system: settings.dataProcessing.system
    work: [{ name: 'spark', size: settings.dataProcessing.work, taints: [] }]
  }
  {
    purpose: 'training'
    serviceAccount: 'train'
    system: settings.training.system
    work: concat(
      [{ name: 'cpu', size: settings.training.work, taints: [] }],
      gpu == null ? [] : [{ name: 'gpu', size: gpu!, taints: ['sku=gpu:NoSchedule'] }]
    )
  }
  {
    purpose: 'serving'
    serviceAccount: 'serve'
    system: settings.serving.system
    work: [{ name: 'serve', size: settings.serving.work, taints: [] }]
  }
]

module clusters 'aks.bicep' = [
  for set in sets: {
    params: {
      location: location
      tags: tags
      name: names.clusters[set.purpose]
      resilience: resilience
      system: set.system
      work: set.work
      subnetId: resourceId('Microsoft.Network/virtualNetworks/subnets', names.network, set.purpose)
      natGateway: natGateway
      authorizedRanges: authorizedRanges
      controlPlane: who['cluster-${set.purpose}']
      workspaceId: workspaceId
      containerLogsId: containerLogsId
      logs: settings.logs
    }
  }
]

module federation 'federation.bicep' = {
  params: {
    federations: [
      for (set, i) in sets: {
        serviceAccount: set.serviceAccount
        identityName: names.identities[set.serviceAccount]
        issuer: clusters[i].outputs.issuer
      }
    ]
  }
}

module roles 'cluster-roles.bicep' = {
  params: {
    resources: names
    objectIds: {
      app: who.app.principalId
      deployer: deployer().objectId
      'kubelet-data-processing': clusters[0].outputs.kubeletPrincipalId
      'kubelet-training': clusters[1].outputs.kubeletPrincipalId
      'kubelet-serving': clusters[2].outputs.kubeletPrincipalId
    }
    appClusterAccess: settings.appAccess
  }
}

@description('Ids of the clusters: data-processing, training, serving.')
output ids string[] = [for i in range(0, 3): clusters[i].outputs.id]
