import { z } from 'zod';

/** Ways of writing after which a file is whole. https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
const FINISHED = new Set(['FlushWithClose', 'PutBlob', 'PutBlockList', 'CopyBlob', 'SftpCommit']);

const eventSchema = z.object({
  subject: z.string(),
  eventType: z.string(),
  eventTime: z.string(),
  data: z.object({
    api: z.string(),
    eTag: z.string().optional(),
    contentLength: z.number().optional(),
    destinationUrl: z.string().optional(),
  }),
});

/** A file that was written to the lake. */
export interface FileWritten {
  /** Lake path, `FILESYSTEM/path`, decoded. */
  path: string;
  /** Absent after a rename, whose event carries none. */
  eTag?: string;
  /** Bytes; absent after a rename. */
  size?: number;
  at: string;
  /** The copy may still be under way when the event is raised. */
  copied: boolean;
}

/**
 * The finished file that a storage event tells of, or the reason why it is none.
 * Reads `subject`, never `url`: the url's host and escaping differ with the endpoint that wrote the file.
 */
export function fileWritten(event: unknown): FileWritten | { ignored: string } {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return { ignored: `not a storage event: ${z.prettifyError(parsed.error)}` };
  const { subject, eventType, eventTime, data } = parsed.data;
  const path = lakePath(subject);
  if (!path) return { ignored: `subject ${subject} names no blob` };
  if (eventType === 'Microsoft.Storage.BlobRenamed') return { path, at: eventTime, copied: false };
  if (eventType !== 'Microsoft.Storage.BlobCreated') return { ignored: `${eventType} is no arrival` };
  if (!FINISHED.has(data.api)) return { ignored: `${data.api} does not finish a file` };
  if (data.contentLength === 0) return { ignored: 'the file is empty' };
  const hidden = path
    .split('/')
    .slice(1)
    .find((part) => part.startsWith('.') || part.startsWith('_'));
  if (hidden && hidden !== path.split('/').at(-1)) return { ignored: `it lies in ${hidden}` };
  return {
    path,
    ...(data.eTag !== undefined && { eTag: data.eTag.replace(/^"|"$/g, '') }),
    ...(data.contentLength !== undefined && { size: data.contentLength }),
    at: eventTime,
    copied: data.api === 'CopyBlob',
  };
}

function lakePath(subject: string): string | undefined {
  const match = /^\/blobServices\/default\/containers\/([^/]+)\/blobs\/(.+)$/s.exec(subject);
  return match ? `${match[1]}/${match[2]}` : undefined;
}
