import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import type { Subscription } from './event-grid/event-grid.ts';
import { TOPIC } from './storage.ts';

const LAKE_EVENTS = ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed'];

/** The two subscriptions of the app, as the deployment makes them in Azure: landed files and job results. */
export function subscriptions(functions: string, systemKey: string, lakeUrl: string, lakeKey: string): Subscription[] {
  const lake = new DataLakeServiceClient(lakeUrl, new StorageSharedKeyCredential('landfall', lakeKey));
  const deadletter = lake.getFileSystemClient('deadletter');
  const subscription = (name: string, filter: Subscription['filter']): Subscription => ({
    name,
    topic: 'lake',
    endpoint: `${functions}/runtime/webhooks/eventgrid?functionName=${name}&code=${encodeURIComponent(systemKey)}`,
    filter,
    schema: 'EventGridSchema',
    maxDeliveryAttempts: 30,
    eventTimeToLiveInMinutes: 1_440,
    async deadLetter(record: unknown) {
      const file = deadletter.getFileClient(`${name}/${new Date().toISOString()}.json`);
      await file.upload(Buffer.from(JSON.stringify([record])), { close: true });
    },
  });
  return [
    subscription('landingBlobCreated', {
      subjectBeginsWith: '/blobServices/default/containers/landing/blobs/',
      includedEventTypes: LAKE_EVENTS,
    }),
    subscription('jobResultCreated', {
      subjectBeginsWith: '/blobServices/default/containers/runs/blobs/',
      subjectEndsWith: '/result.json',
      includedEventTypes: LAKE_EVENTS,
    }),
  ];
}

/** A subscription of anybody who wants to hear what happens. */
export function lifecycleSubscription(endpoint: string): Subscription {
  return {
    name: 'lifecycle',
    topic: TOPIC,
    endpoint,
    filter: {},
    schema: 'CloudEventSchemaV1_0',
    maxDeliveryAttempts: 30,
    eventTimeToLiveInMinutes: 1_440,
  };
}
