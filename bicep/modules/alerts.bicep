import { resourceTags } from '../types.bicep'

@description('Region.')
param location string

@description('Tags of each resource.')
param tags resourceTags

@description('Id of the workspace that is asked.')
param workspaceId string

@description('Id of the topic of what happens in the lake.')
param lakeTopicId string

@description('Id of the action group that is told.')
param peopleId string

// A row that a query answers is one alert, named by the row's column; it resolves itself when the row is gone. Rows keep
// TimeGenerated, by which Azure puts them into windows.
var queries = [
  {
    name: 'failed-run'
    title: 'A run failed'
    help: 'GET /api/runs/{id} tells stage, reason and hint.'
    query: loadTextContent('../monitoring/failed-run.kql')
    column: 'runId'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    above: 0
  }
  {
    name: 'review-waiting'
    title: 'A model waits for a review'
    help: 'Decide with POST /api/runs/{id}/review, or on the review page.'
    query: loadTextContent('../monitoring/review-waiting.kql')
    column: 'reviewId'
    severity: 3
    every: 'PT15M'
    window: 'P2D'
    above: 0
  }
  {
    name: 'gpu-pending'
    title: 'A training pod waits for a node'
    help: 'Look at quota, capacity and the maximum of the pool.'
    query: loadTextContent('../monitoring/gpu-pending.kql')
    column: 'pod'
    severity: 2
    every: 'PT10M'
    window: 'PT15M'
    above: 0
  }
  {
    name: 'predictor-errors'
    title: 'Predictors fail'
    help: 'GET /api/models/{pipeline} tells what serves; POST .../promote goes back to an earlier model.'
    query: loadTextContent('../monitoring/predictor-errors.kql')
    column: 'what'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    above: 2 // one bad request is no outage
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in queries: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.help
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: true
      // Tables of the clusters come into being with their first rows.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.above
            dimensions: [{ name: rule.column, operator: 'Include', values: ['*'] }]
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [peopleId] }
    }
  }
]

resource deadLettered 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'dead-lettered-events'
  location: 'global'
  tags: tags
  properties: {
    description: 'An event of the lake could not be delivered for a day and lies in the container deadletter. The sweep of the app takes it from there within a minute, once the app works: see "Alert: dead-lettered-events" in docs/operations.md.'
    severity: 2
    enabled: true
    scopes: [lakeTopicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-lettered'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: peopleId }]
  }
}
