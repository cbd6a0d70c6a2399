import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Call } from './call.ts';
import { contentHeaders, metadataOf, propertiesOf } from './properties.ts';

const call = (headers: Record<string, string>) => ({ request: { headers } as unknown as IncomingMessage }) as Call;

describe('properties', () => {
  it('are kept as metadata and given back', () => {
    const text = 'a=Yg==,c=ZD1l';
    const metadata = metadataOf(call({ 'x-ms-properties': text }));
    expect(metadata).toEqual({ a: 'b', c: 'd=e' });
    expect(propertiesOf({ ...metadata, hdi_isfolder: 'true' })).toBe(text);
  });

  it('are refused when metadata cannot hold them', () => {
    const text = `a=${Buffer.from('ü').toString('base64')}`;
    expect(() => metadataOf(call({ 'x-ms-properties': text }))).toThrow('printable ASCII');
  });
});

describe('contentHeaders', () => {
  it('go over those that were set before', () => {
    const set = call({ 'x-ms-content-type': 'text/csv', 'x-ms-content-md5': Buffer.from('sum').toString('base64') });
    expect(contentHeaders(set, { contentType: 'text/plain', cacheControl: 'no-store', etag: 'x' })).toEqual({
      blobContentType: 'text/csv',
      blobCacheControl: 'no-store',
      blobContentMD5: Buffer.from('sum'),
    });
  });
});
