import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';

/** A lifecycle event; its id makes a second publication of the same fact recognisable. */
export interface LifecycleEvent {
  id: string;
  type: string;
  subject: string;
  data: Record<string, unknown>;
}

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
    async publish({ id, type, subject, data }) {
      await client.send([{ id, type, subject, source: '/landfall', time: new Date(), data }]);
    },
  };
}
