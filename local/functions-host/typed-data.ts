import type { TypedData } from './core.ts';

/** The value that a call returned. */
export function valueOf(data: TypedData | null | undefined): unknown {
  if (!data) return null;
  if (data.json !== undefined) return JSON.parse(data.json);
  if (data.bytes !== undefined) return Buffer.from(data.bytes).toString('base64');
  return data.string ?? data.int ?? data.double ?? null;
}

/** The value that a call was given, in a form that can be written down. */
export function inputOf(data: TypedData): unknown {
  if (data.http) return { ...data.http, body: textOf(data.http.body?.bytes ?? Buffer.alloc(0)) };
  if (data.collectionString) return data.collectionString.string;
  return data.json === undefined ? (data.string ?? null) : JSON.parse(data.json);
}

const LONGEST = 65_536;

/** Bytes as text, cut where it would not help to have more written down. */
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, LONGEST)).toString();
