import { randomUUID } from 'node:crypto';
import type { Delivery } from './delivery-store.ts';
import type { Subscription } from './subscription.ts';

const ANSWER_MS = 30_000;
const DELIVERED = new Set([200, 201, 202, 203, 204]);

/** What an endpoint made of an event; no status when it did not answer. */
export interface Answer {
  delivered: boolean;
  status?: number;
}

/** Sends one event to a subscription's endpoint. */
export async function send(
  subscription: Subscription,
  { event, attempts }: Delivery,
  stop: AbortSignal,
): Promise<Answer> {
  const isCloud = subscription.schema === 'CloudEventSchemaV1_0';
  const answer = await post(stop, subscription.endpoint, isCloud ? event : [event], {
    'content-type': isCloud ? 'application/cloudevents+json; charset=utf-8' : 'application/json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': subscription.name.toUpperCase(),
    'aeg-delivery-count': String(attempts),
    'aeg-data-version': String(event.dataVersion ?? ''),
    'aeg-metadata-version': '1',
  });
  await answer?.arrayBuffer().catch(() => undefined);
  return { delivered: DELIVERED.has(answer?.status ?? 0), ...(answer && { status: answer.status }) };
}

/** Asks an endpoint whether it wants events at all. https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema */
export async function shakeHands(subscription: Subscription, now: Date, stop: AbortSignal): Promise<boolean> {
  const { endpoint, topic, schema } = subscription;
  if (schema === 'CloudEventSchemaV1_0') {
    const answer = await request(stop, endpoint, {
      method: 'OPTIONS',
      headers: { 'WebHook-Request-Origin': 'eventgrid.azure.net' },
    });
    return answer?.headers.has('webhook-allowed-origin') ?? false;
  }
  const code = randomUUID();
  const event = {
    id: randomUUID(),
    topic,
    subject: '',
    data: { validationCode: code },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: now.toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  };
  const headers = { 'content-type': 'application/json; charset=utf-8', 'aeg-event-type': 'SubscriptionValidation' };
  const answer = await post(stop, endpoint, [event], headers);
  const text = (await answer?.text().catch(() => '')) ?? '';
  return answer?.status === 200 && text.includes(`"${code}"`);
}

function post(
  stop: AbortSignal,
  url: string,
  body: object,
  headers: Record<string, string>,
): Promise<Response | undefined> {
  return request(stop, url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** No answer is an outcome like others: it comes back as undefined. */
async function request(stop: AbortSignal, url: string, init: RequestInit): Promise<Response | undefined> {
  return fetch(url, { ...init, signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS)]) }).catch(
    () => undefined,
  );
}
