import { expect, test } from 'vitest';
import { fileWritten } from './storage-event.ts';

const subject = (path: string) => `/blobServices/default/containers/landing/blobs/${path}`;
const event = (api: string, over: Record<string, unknown> = {}, type = 'BlobCreated', path = 'iris/a b%20c.csv') => ({
  id: '1',
  topic: 't',
  subject: subject(path),
  eventType: `Microsoft.Storage.${type}`,
  eventTime: '2026-01-01T00:00:00Z',
  data: { api, eTag: '0x1', contentLength: 5, url: 'https://other.host/x', ...over },
});

test.each(['FlushWithClose', 'PutBlob', 'PutBlockList', 'SftpCommit'])('%s finishes a file', (api) => {
  expect(fileWritten(event(api))).toEqual({
    path: 'landing/iris/a b%20c.csv',
    eTag: '0x1',
    size: 5,
    at: '2026-01-01T00:00:00Z',
    copied: false,
  });
});

test('a copy may not be whole yet, a rename tells neither eTag nor size', () => {
  expect(fileWritten(event('CopyBlob'))).toMatchObject({ copied: true });
  const renamed = event('RenameFile', { eTag: undefined, contentLength: undefined }, 'BlobRenamed');
  expect(fileWritten(renamed)).toEqual({ path: 'landing/iris/a b%20c.csv', at: '2026-01-01T00:00:00Z', copied: false });
});

test.each([
  ['a created but unfinished file', event('CreateFile', { contentLength: 0 })],
  ['an empty file', event('FlushWithClose', { contentLength: 0 })],
  ['a deletion', event('DeleteFile', {}, 'BlobDeleted')],
  ['a directory', event('CreateDirectory', {}, 'DirectoryCreated')],
  ['a file in a hidden folder', event('PutBlob', {}, 'BlobCreated', 'iris/_temporary/0/part.csv')],
  ['something else altogether', { hello: 'world' }],
  ['nothing', undefined],
])('%s is ignored with a reason', (_, given) => {
  expect(fileWritten(given)).toHaveProperty('ignored', expect.stringMatching(/./));
});
