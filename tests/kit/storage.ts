import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential as BlobKeyCredential,
} from '@azure/storage-blob';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { DefaultAzureCredential } from '@azure/identity';
import { startAzurite } from '../../local/lake/azurite.ts';
import { startLake } from '../../local/lake/lake.ts';
import { createLake, type Lake } from '../../shared/clients/lake.ts';
import { createLanding, type Landing } from '../../shared/clients/landing.ts';
import { tableOpener, type OpenTable } from '../../shared/clients/table.ts';

const account = 'landfall';
const noIdentity = () => new DefaultAzureCredential();

export interface StorageEvent {
  eventType: string;
  subject: string;
  data: { api: string };
}

/** A real lake and real tables, empty, as the app's own clients see them. */
export interface Storage {
  /** Of both the Data Lake and the Blob service. */
  url: string;
  /** Where the lake is, as configuration has it. */
  place: { url: string; account: string; key: string };
  lake: Lake;
  landing: Landing;
  open: OpenTable;
  events: StorageEvent[];
  identity: () => DefaultAzureCredential;
  /** A shared access signature that lets a container be listed and read. */
  signature(container: string): string;
  close(): Promise<void>;
}

/** Starts them on free ports. */
export async function startStorage(...fileSystems: string[]): Promise<Storage> {
  const key = randomBytes(64).toString('base64');
  const folder = mkdtempSync(join(tmpdir(), 'landfall-storage-'));
  const events: StorageEvent[] = [];
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
  const azurite = await startAzurite({ dataDir: join(folder, 'azurite'), ports: { blob, queue, table }, account, key });
  const gateway = await startLake({
    port: 0,
    dataDir: join(folder, 'lake'),
    account,
    key,
    azurite: { blob: `http://127.0.0.1:${blob}` },
    onEvent: (event) => void events.push(event as never),
  });
  const tables = `http://127.0.0.1:${table}/${account}`;
  const credential = new AzureNamedKeyCredential(account, key);
  for (const name of ['Arrivals', 'Runs', 'Models', 'Sources'])
    await new TableClient(tables, name, credential, { allowInsecureConnection: true }).createTable();
  const service = new DataLakeServiceClient(gateway.url, new StorageSharedKeyCredential(account, key));
  for (const name of fileSystems) await service.getFileSystemClient(name).create();
  const place = { url: gateway.url, account, key };
  return {
    url: gateway.url,
    place,
    lake: createLake(place, noIdentity),
    landing: createLanding(place, noIdentity),
    open: tableOpener({ url: tables, account, key }, noIdentity),
    events,
    identity: noIdentity,
    signature: (containerName) =>
      generateBlobSASQueryParameters(
        {
          containerName,
          permissions: ContainerSASPermissions.parse('rl'),
          expiresOn: new Date(Date.now() + 3_600_000),
          protocol: SASProtocol.HttpsAndHttp,
        },
        new BlobKeyCredential(account, key),
      ).toString(),
    async close() {
      await gateway.close();
      await azurite.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
