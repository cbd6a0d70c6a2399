import { join } from 'node:path';
import { Command } from 'commander';
import { startAzurite } from './azurite.ts';
import { startLake } from './lake.ts';

const { port, data, account, key } = new Command('lake')
  .description('Serves a Data Lake (DFS and Blob) on this machine.')
  .requiredOption('--port <port>', 'port of the lake', Number)
  .requiredOption('--data <dir>', 'where its content is kept')
  .option('--account <name>', 'storage account', 'landfall')
  .requiredOption('--key <base64>', "the account's key")
  .parse()
  .opts<{ port: number; data: string; account: string; key: string }>();

const azurite = await startAzurite({
  dataDir: join(data, 'azurite'),
  ports: { blob: 0, queue: 0, table: 0 },
  account,
  key,
});
const lake = await startLake({ port, dataDir: join(data, 'lake'), account, key, azurite });
console.log(`lake ready ${lake.url}`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await lake.close();
    await azurite.close();
    process.exit(0);
  });
}
