import { describe, expect, it } from 'vitest';
import { EventMaker } from './events.ts';

describe('EventMaker', () => {
  const maker = new EventMaker('acct', () => new Date('2026-11-24T10:00:00Z'));

  it('tells of a file that was flushed and closed', () => {
    const event = maker.make({
      api: 'FlushWithClose',
      path: 'landing/a b/ü%.csv',
      eTag: '"0x1"',
      contentType: 'text/csv',
      contentLength: 7,
    });
    expect(event).toMatchObject({
      topic:
        '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/landfall/providers/Microsoft.Storage/storageAccounts/acct',
      subject: '/blobServices/default/containers/landing/blobs/a b/ü%.csv',
      eventType: 'Microsoft.Storage.BlobCreated',
      eventTime: '2026-11-24T10:00:00.000Z',
      dataVersion: '2',
      metadataVersion: '1',
      data: {
        api: 'FlushWithClose',
        eTag: '0x1',
        contentType: 'text/csv',
        contentLength: 7,
        contentOffset: 0,
        blobType: 'BlockBlob',
        url: 'https://acct.dfs.core.windows.net/landing/a%20b/%C3%BC%25.csv',
      },
    });
  });

  it('names the blob endpoint for a Blob call', () => {
    const { dataVersion, data } = maker.make({ api: 'PutBlob', path: 'landing/a', contentLength: 1 });
    expect(dataVersion).toBe('');
    expect(data).toMatchObject({ url: 'https://acct.blob.core.windows.net/landing/a' });
    expect(data).not.toHaveProperty('contentOffset');
  });

  it.each([
    ['CreateFile', 'BlobCreated'],
    ['RenameFile', 'BlobRenamed'],
    ['DeleteFile', 'BlobDeleted'],
    ['DeleteBlob', 'BlobDeleted'],
    ['CreateDirectory', 'DirectoryCreated'],
    ['RenameDirectory', 'DirectoryRenamed'],
    ['DeleteDirectory', 'DirectoryDeleted'],
  ])('%s is a %s', (api, type) => {
    expect(maker.make({ api, path: 'fs/a' }).eventType).toBe(`Microsoft.Storage.${type}`);
  });

  it('gives a rename two urls and no url', () => {
    const { subject, data } = maker.make({ api: 'RenameFile', path: 'fs/new', from: 'fs/old' });
    expect(subject).toBe('/blobServices/default/containers/fs/blobs/new');
    expect(data).toMatchObject({
      sourceUrl: 'https://acct.dfs.core.windows.net/fs/old',
      destinationUrl: 'https://acct.dfs.core.windows.net/fs/new',
    });
    expect(data).not.toHaveProperty('url');
  });

  it('gives each event an id of its own and a sequencer that grows', () => {
    const events = [1, 2, 3].map(() => maker.make({ api: 'CreateFile', path: 'fs/a' }));
    const sequencers = events.map(({ data }) => data.sequencer as string);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect([...sequencers].sort()).toEqual(sequencers);
    expect(new Set(sequencers).size).toBe(3);
    expect(sequencers[0]).toMatch(/^[0-9a-f]{32}$/);
  });
});
