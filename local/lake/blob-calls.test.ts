import { describe, expect, it } from 'vitest';
import { showDirectoriesAsPrefixes } from './blob-calls.ts';

const blob = (name: string, metadata = '') =>
  `<Blob><Name>${name}</Name><Properties/><Metadata>${metadata}</Metadata></Blob>`;
const prefix = (name: string) => `<BlobPrefix><Name>${name}</Name></BlobPrefix>`;
const MARK = '<hdi_isfolder>true</hdi_isfolder>';

describe('showDirectoriesAsPrefixes', () => {
  it.each([
    ['files', blob('a'), blob('a')],
    ['a directory with files', blob('d', MARK) + prefix('d/') + blob('e'), blob('e') + prefix('d/')],
    ['an empty directory', blob('d', MARK), prefix('d/')],
    ['a prefix without a directory', prefix('d/'), prefix('d/')],
  ])('%s', (_, before, after) => {
    expect(showDirectoriesAsPrefixes(`<Blobs>${before}</Blobs><NextMarker/>`)).toBe(
      `<Blobs>${after}</Blobs><NextMarker/>`,
    );
  });
});
