import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that serves a Functions app on a port of this machine. */
export interface HostProgram {
  command: string;
  args: string[];
  env: Record<string, string>;
  /** Whether it ends by itself when the channel to the process that started it closes. */
  hasChannel: boolean;
  /** What shows that its functions can be called: a text of its output, or a path that answers 200. */
  ready: { text: string } | { path: string };
}

/** The host of local/functions-host. */
export function ownHost(app: string, port: number, dataDir: string): HostProgram {
  const cli = join(import.meta.dirname, 'functions-host', 'cli.ts');
  const args = ['--no-warnings', '--enable-source-maps', cli, app, '--port', String(port), '--data', dataDir];
  return { command: process.execPath, args, env: {}, hasChannel: true, ready: { text: 'Now listening on:' } };
}

/**
 * Azure Functions Core Tools, which keep their task hub in the local storage account. They look for no key in local
 * requests. https://learn.microsoft.com/azure/azure-functions/functions-core-tools-reference#func-start
 */
export function coreTools(port: number, storage: string, path = process.env.PATH ?? ''): HostProgram {
  const command = path
    .split(delimiter)
    .map((folder) => join(folder, 'func'))
    .find(isProgram);
  if (command === undefined) {
    throw new Error(
      'func is not on PATH. Install Azure Functions Core Tools 4 (npm install --global azure-functions-core-tools@4), ' +
        'or start without --host func.',
    );
  }
  const env = { FUNCTIONS_WORKER_RUNTIME: 'node', AzureWebJobsStorage: storage };
  const args = ['start', '--port', String(port)];
  return { command, args, env, hasChannel: false, ready: { path: '/admin/host/ping' } };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not to be run: another folder of PATH may have it.
    return false;
  }
}
