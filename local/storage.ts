import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { startEventGrid, type EventGrid } from './event-grid/event-grid.ts';
import { startAzurite } from './lake/azurite.ts';
import { startLake } from './lake/lake.ts';
import type { Starting } from './starting.ts';

/** Name of the storage account. */
export const ACCOUNT = 'landfall';

export const TOPIC = 'landfall';
const FILE_SYSTEMS = ['landing', 'curated', 'models', 'runs', 'quarantine', 'deadletter'];
const TABLES = ['Arrivals', 'Runs', 'Models', 'Sources'];

export interface Storage {
  lake: string;
  tables: string;
  topic: string;
  /** How the host's own storage is reached. */
  connection: string;
  grid: EventGrid;
}

/** Starts Azurite, the lake in front of it, and Event Grid, which takes the lake's events. */
export async function startStorage({ ports, secrets, folder, started, say }: Starting): Promise<Storage> {
  const account = { account: ACCOUNT, key: secrets.lakeKey };
  const azurite = await started(
    startAzurite({
      ...account,
      dataDir: folder('azurite'),
      ports: { blob: ports.blob, queue: ports.queue, table: ports.table },
      onRestart: () => say('Azurite ended: it is started again'),
    }),
  );
  const grid = await started(
    startEventGrid({ port: ports.eventGrid, dataDir: folder('event-grid'), key: secrets.topicKey }),
  );
  const lake = await started(
    startLake({
      ...account,
      port: ports.lake,
      dataDir: folder('lake'),
      azurite: { blob: azurite.blob },
      onEvent: (event) => grid.publish('lake', [event]),
    }),
  );
  await makeContainers(lake.url, azurite.table, secrets.lakeKey);
  const topic = `${grid.url}/topics/${TOPIC}/api/events`;
  const connection = connectionString(ports, secrets.lakeKey);
  return { lake: lake.url, tables: azurite.table, topic, connection, grid };
}

/** https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string */
function connectionString(ports: Starting['ports'], key: string): string {
  const endpoint = (port: number) => `http://127.0.0.1:${port}/${ACCOUNT}`;
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${key}`,
    `BlobEndpoint=${endpoint(ports.blob)}`,
    `QueueEndpoint=${endpoint(ports.queue)}`,
    `TableEndpoint=${endpoint(ports.table)}`,
  ].join(';');
}

/** Makes the lake's file systems and the tables, as the deployment does in Azure. */
async function makeContainers(lakeUrl: string, tablesUrl: string, key: string): Promise<void> {
  const lake = new DataLakeServiceClient(lakeUrl, new StorageSharedKeyCredential(ACCOUNT, key));
  for (const name of FILE_SYSTEMS) await lake.getFileSystemClient(name).createIfNotExists();
  const credential = new AzureNamedKeyCredential(ACCOUNT, key);
  for (const name of TABLES) {
    await new TableClient(tablesUrl, name, credential, { allowInsecureConnection: true }).createTable();
  }
}
