import { randomUUID } from 'node:crypto';
import { ContainerRegistryContentClient } from '@azure/container-registry';
import type { TokenCredential } from '@azure/identity';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import type { Config } from '../config.ts';
import { topicClient } from './events.ts';
import { isStatus } from './is-status.ts';
import type { OpenTable } from './table.ts';

/** What a run writes to, tried with an effect that nobody sees and that does not stay; each throws what is refused. */
export interface Probes {
  lake(): Promise<void>;
  tables(): Promise<void>;
  topic(): Promise<void>;
  registry(): Promise<void>;
}

/** The empty blob that OCI images refer to: 2 bytes, the same ones each time. Who may push may not delete. */
const EMPTY_BLOB = Buffer.from('{}');

/** Probes with the credentials that runs have. */
export function createProbes(
  config: Pick<Config, 'lake' | 'topic' | 'registry'>,
  open: OpenTable,
  identity: () => TokenCredential,
): Probes {
  return {
    async lake() {
      const { url, account, key } = config.lake;
      const service = new DataLakeServiceClient(url, key ? new StorageSharedKeyCredential(account, key) : identity());
      await service.getFileSystemClient('landing').getProperties();
      // In `runs`, where a created file is no event for anybody.
      const file = service.getFileSystemClient('runs').getFileClient(`_health-${randomUUID()}`);
      await file.create();
      await file.delete();
    },
    async tables() {
      const table = open('Models');
      const [partitionKey, rowKey] = ['_health', randomUUID()];
      await table.createEntity({ partitionKey, rowKey });
      await table.deleteEntity(partitionKey, rowKey);
    },
    async topic() {
      try {
        await topicClient(config.topic, identity).send([]);
      } catch (error) {
        // A topic that wants at least one event has let us in.
        if (!isStatus(error, 400)) throw error;
      }
    },
    async registry() {
      const credential = config.registry.anonymous ? undefined : identity();
      // The client takes no credential for anonymous access, though its types ask for one.
      const client = new ContainerRegistryContentClient(config.registry.url, 'serving', credential as TokenCredential);
      await client.uploadBlob(EMPTY_BLOB);
    },
  };
}
