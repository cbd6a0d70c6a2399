// The part of the Node worker's API that @azure/functions uses, in the worker's own words.

export type Level = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type Log = (level: Level, category: string, message: string) => void;
export type Callback = (...inputs: unknown[]) => unknown;
export type Hook = (context: object) => unknown;

/** One binding of a function, with the options that it was registered with. */
export interface Binding {
  type: string;
  name: string;
  [option: string]: unknown;
}

/** A value on its way to the app or back. */
export interface TypedData {
  json?: string;
  string?: string;
  int?: number;
  double?: number;
  bytes?: Uint8Array;
  collectionString?: { string: string[] };
  http?: HttpData;
}

/** An HTTP request (method to query) or response (status and cookies) on its way. */
export interface HttpData {
  method?: string;
  url?: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers: Record<string, string>;
  body?: TypedData | null;
  statusCode?: string;
  cookies?: Cookie[];
}

/** A cookie of a response. */
export interface Cookie {
  name: string;
  value: string;
  domain?: { value: string };
  path?: { value: string };
  expires?: { value: { seconds: number } };
  maxAge?: { value: number };
  secure?: { value: boolean };
  httpOnly?: { value: boolean };
  sameSite: 'none' | 'lax' | 'strict' | 'explicitNone';
}

/** What a call answered. */
export interface RpcResponse {
  returnValue?: TypedData | null;
  outputData?: { name: string; data: TypedData }[];
}

/** @azure/functions, as it makes itself known. */
export interface ProgrammingModel {
  getInvocationModel(context: object): {
    getArguments(): Promise<{ context: object; inputs: unknown[] }>;
    invokeFunction(context: object, inputs: unknown[], callback: Callback): Promise<unknown>;
    getResponse(context: object, result: unknown): Promise<RpcResponse>;
  };
  getCapabilities(capabilities: object): Promise<{ HttpUri?: string }>;
}
