import { describe, expect, it } from 'vitest';
import { lacks, shapeFor } from './event-shapes.ts';

const subscription = {
  name: 's',
  topic: 't',
  endpoint: 'http://x',
  filter: {},
  maxDeliveryAttempts: 30,
  eventTimeToLiveInMinutes: 1440,
};
const gridEvent = {
  id: '1',
  topic: '/t',
  subject: '/s',
  eventType: 'T',
  eventTime: '2026-11-24T00:00:00Z',
  dataVersion: '2',
  data: { a: 1 },
};
const cloudEvent = { id: '1', source: '/s', type: 'T', specversion: '1.0', data: { a: 1 } };

describe('shapeFor', () => {
  it('turns an event into a CloudEvent', () => {
    expect(shapeFor({ ...subscription, schema: 'CloudEventSchemaV1_0' }, gridEvent)).toEqual({
      id: '1',
      source: '/t',
      subject: '/s',
      type: 'T',
      time: '2026-11-24T00:00:00Z',
      specversion: '1.0',
      data: { a: 1 },
    });
  });

  it('passes a CloudEvent on as it is', () => {
    expect(shapeFor({ ...subscription, schema: 'CloudEventSchemaV1_0' }, cloudEvent)).toEqual(cloudEvent);
  });

  it('gives an Event Grid event the topic that it came to', () => {
    const { topic: _, ...published } = gridEvent;
    expect(shapeFor({ ...subscription, schema: 'EventGridSchema' }, published)).toEqual({
      ...published,
      topic: 't',
      metadataVersion: '1',
    });
  });

  it('refuses to turn a CloudEvent back', () => {
    expect(() => shapeFor({ ...subscription, schema: 'EventGridSchema' }, cloudEvent)).toThrow('CloudEventSchemaV1_0');
  });
});

describe('lacks', () => {
  it.each([
    [gridEvent, undefined],
    [cloudEvent, undefined],
    [undefined, 'an event is an object'],
    [{ ...gridEvent, eventType: undefined }, 'the event has no eventType'],
    [{ id: '1', specversion: '1.0' }, 'the event has no source, type'],
  ])('%j: %s', (event, answer) => {
    expect(lacks(event)).toBe(answer);
  });
});
