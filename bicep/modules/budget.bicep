import { budgetSettings } from '../types.bicep'

targetScope = 'subscription'

@description('Name of the budget.')
param name string

@description('Amount and first month.')
param settings budgetSettings

@description('Resource groups that count: that of the environment, and those of the nodes, where most of the cost is.')
param resourceGroups string[]

@description('Id of the action group that is told.')
param peopleId string

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: settings.amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: settings.start }
    filter: {
      dimensions: { name: 'ResourceGroupName', operator: 'In', values: resourceGroups }
    }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: []
        contactRoles: ['Owner']
        contactGroups: [peopleId]
      }
      expected: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: []
        contactRoles: ['Owner']
        contactGroups: [peopleId]
      }
    }
  }
}
