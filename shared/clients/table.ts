import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';
import { isStatus } from './is-status.ts';

/** Names of the tables. */
export type TableName = 'Arrivals' | 'Runs' | 'Models' | 'Sources';

/** Opens a table by name. */
export type OpenTable = (name: TableName) => TableClient;

/** Tables with the account key where one is configured, else with the identity. */
export function tableOpener({ url, account, key }: Config['tables'], identity: () => TokenCredential): OpenTable {
  return (name) =>
    key
      ? new TableClient(url, name, new AzureNamedKeyCredential(account, key), {
          allowInsecureConnection: url.startsWith('http://'),
        })
      : new TableClient(url, name, identity());
}

/** Runs a write that must not happen twice: false when the row is there already. */
export async function insertedNow(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (isStatus(error, 409)) return false;
    throw error;
  }
}
