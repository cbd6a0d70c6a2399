import { namesOf } from 'names.bicep'
import { environmentName } from 'types.bicep'

// Deployed into the resource group once the functions are there: Azure refuses a subscription to a function that does
// not exist yet. The filters are those of local/subscriptions.ts.

@description('Environment.')
param environment environmentName

@description('What all names begin with.')
@minLength(3)
@maxLength(10)
param name string

var names = namesOf(subscription().subscriptionId, environment, name)
var containers = '/blobServices/default/containers'
var subscriptions = [
  {
    function: 'landingBlobCreated'
    filter: { subjectBeginsWith: '${containers}/landing/blobs/' }
  }
  {
    function: 'jobResultCreated'
    filter: { subjectBeginsWith: '${containers}/runs/blobs/', subjectEndsWith: '/result.json' }
  }
]

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: names.app
}

resource lake 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: names.lake
}

resource lakeTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: names.lakeTopic
}

// One after the other: a system topic takes one change at a time.
@batchSize(1)
resource eventSubscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [
  for each in subscriptions: {
    parent: lakeTopic
    name: each.function
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      // Event Grid fetches the key of the host itself. One event a call: the function answers for each file alone.
      destination: {
        endpointType: 'AzureFunction'
        properties: { resourceId: '${app.id}/functions/${each.function}', maxEventsPerBatch: 1 }
      }
      // What counts as a finished file the app decides (shared/storage-event.ts): a filter on data.api would drop what
      // is renamed into place. Container names are lower case, paths are not.
      filter: union(each.filter, {
        includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed']
        isSubjectCaseSensitive: true
      })
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: { resourceId: lake.id, blobContainerName: 'deadletter' }
        }
      }
    }
  }
]
