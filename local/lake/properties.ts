import type { BlobHTTPHeaders, Metadata } from '@azure/storage-blob';
import { header, type Call } from './call.ts';
import { LakeError } from './lake-error.ts';

/** The metadata that makes a blob a directory, as Azure itself has it. */
export const FOLDER_MARK = 'hdi_isfolder';

/** Reads x-ms-properties (`name=BASE64,…`), which blob metadata keeps. */
export function metadataOf(call: Call): Metadata | undefined {
  const pairs = header(call.request, 'x-ms-properties')?.split(',');
  if (!pairs) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', base64 = ''] = pair.trim().split(/=(.*)/s);
      const value = Buffer.from(base64, 'base64').toString('latin1');
      if (/[^\x20-\x7e]/.test(value)) {
        throw new LakeError(
          400,
          'InvalidPropertyValue',
          `The property ${name} is not printable ASCII: this lake keeps only that.`,
        );
      }
      return [name, value];
    }),
  );
}

/** Writes metadata as x-ms-properties, without the mark of directories. */
export function propertiesOf(metadata: Metadata): string {
  return Object.entries(metadata)
    .filter(([name]) => name.toLowerCase() !== FOLDER_MARK)
    .map(([name, value]) => `${name}=${Buffer.from(value, 'latin1').toString('base64')}`)
    .join(',');
}

/** The content headers that a DFS call sets, over those that were set before. */
export function contentHeaders({ request }: Call, before: Record<string, unknown> = {}): BlobHTTPHeaders {
  const names = ['ContentType', 'CacheControl', 'ContentEncoding', 'ContentLanguage', 'ContentDisposition'];
  const texts = names.map((name) => {
    const value = header(request, `x-ms-${name.replace(/(?<=.)[A-Z]/, '-$&')}`.toLowerCase());
    return [`blob${name}`, value ?? before[name.charAt(0).toLowerCase() + name.slice(1)]];
  });
  const md5 = header(request, 'x-ms-content-md5');
  return Object.fromEntries(
    [...texts, ['blobContentMD5', md5 && Buffer.from(md5, 'base64')]].filter(([, value]) => value),
  );
}
