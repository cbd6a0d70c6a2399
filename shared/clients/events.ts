import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';
import { eventIdentity, SOURCE, type LifecycleEvent } from '../lifecycle-events.ts';

/** The Event Grid topic that tells others what happens. */
export interface Events {
  publish(event: LifecycleEvent): Promise<void>;
}

/** A custom topic that takes CloudEvents, with its key where one is configured, else with the identity. */
export function topicClient(
  { url, key }: Config['topic'],
  identity: () => TokenCredential,
): EventGridPublisherClient<'CloudEvent'> {
  const options = { allowInsecureConnection: url.startsWith('http://') };
  return new EventGridPublisherClient(url, 'CloudEvent', key ? new AzureKeyCredential(key) : identity(), options);
}

/** Publishes CloudEvents to a custom topic. */
export function createEvents(topic: Config['topic'], identity: () => TokenCredential): Events {
  const client = topicClient(topic, identity);
  return {
    async publish(event) {
      const { subject, data } = event;
      await client.send([{ ...eventIdentity(event), subject, source: SOURCE, time: new Date(), data }]);
    },
  };
}
