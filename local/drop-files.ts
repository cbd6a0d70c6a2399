import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import type { Api } from './api.ts';
import type { Endpoints } from './endpoints.ts';

const CHUNK = 8 * 1024 * 1024;

/** Landing folder of a pipeline, or of the only one there is. */
export async function landingFolder(api: Api, pipeline: string | undefined): Promise<string> {
  const known = await api.pipelines();
  const chosen =
    pipeline === undefined ? known.filter(({ error }) => !error) : known.filter(({ name }) => name === pipeline);
  if (chosen.length === 1 && chosen[0]?.landing) return chosen[0].landing;
  const names = known.map(({ name }) => name).join(', ');
  throw new Error(
    pipeline === undefined
      ? `Say which pipeline with --pipeline: ${names}.`
      : `There is no usable pipeline ${pipeline}. There are: ${names}.`,
  );
}

/** Copies files into a landing folder (a lake path); each raises its event when it is closed. */
export async function dropFiles({ lake }: Pick<Endpoints, 'lake'>, folder: string, files: string[]): Promise<string[]> {
  const service = new DataLakeServiceClient(lake.dfs, new StorageSharedKeyCredential(lake.account, lake.key));
  const [container = '', ...path] = folder.split('/');
  const dropped: string[] = [];
  for (const file of files) {
    if (!statSync(file).isFile()) throw new Error(`${file} is no file`);
    const target = `${path.join('/')}${basename(file)}`;
    const client = service.getFileSystemClient(container).getFileClient(target);
    await client.create();
    let position = 0;
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) {
      await client.append(chunk as Buffer, position, (chunk as Buffer).length);
      position += (chunk as Buffer).length;
    }
    await client.flush(position, { close: true });
    dropped.push(`${container}/${target}`);
  }
  return dropped;
}
