import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';
import { eventIdentity, SOURCE, type LifecycleEvent } from '../lifecycle-events.ts';

/** The Event Grid topic that tells others what happens. */
export interface Events {
  publish(event: LifecycleEvent): Promise<void>;
}

/** Publishes CloudEvents to a custom topic. */
export function createEvents({ url, key }: Config['topic'], identity: () => TokenCredential): Events {
  const options = { allowInsecureConnection: url.startsWith('http://') };
  const client = key
    ? new EventGridPublisherClient(url, 'CloudEvent', new AzureKeyCredential(key), options)
    : new EventGridPublisherClient(url, 'CloudEvent', identity(), options);
  return {
    async publish(event) {
      const { subject, data } = event;
      await client.send([{ ...eventIdentity(event), subject, source: SOURCE, time: new Date(), data }]);
    },
  };
}
