import { describe, expect, it } from 'vitest';
import { wants } from './subscription.ts';

const event = {
  id: '1',
  subject: '/blobServices/default/containers/landing/blobs/iris/A.csv',
  eventType: 'Microsoft.Storage.BlobCreated',
  data: { api: 'FlushWithClose' },
};

describe('wants', () => {
  it.each([
    [{}, true],
    [{ subjectBeginsWith: '/blobServices/default/containers/LANDING/' }, true],
    [{ subjectBeginsWith: '/blobServices/default/containers/runs/' }, false],
    [{ subjectEndsWith: '.csv' }, true],
    [{ subjectEndsWith: '.parquet' }, false],
    [{ includedEventTypes: ['Microsoft.Storage.BlobCreated'] }, true],
    [{ includedEventTypes: ['Microsoft.Storage.BlobDeleted'] }, false],
    [
      { advanced: [{ operatorType: 'StringIn' as const, key: 'data.api', values: ['PutBlob', 'FlushWithClose'] }] },
      true,
    ],
    [{ advanced: [{ operatorType: 'StringIn' as const, key: 'data.api', values: ['PutBlob'] }] }, false],
    [{ advanced: [{ operatorType: 'StringIn' as const, key: 'data.none.deeper', values: ['PutBlob'] }] }, false],
  ])('%j: %s', (filter, answer) => {
    expect(wants(filter, event)).toBe(answer);
  });
});
