import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { TableClient, AzureNamedKeyCredential } from '@azure/data-tables';
import {
  BlobSASPermissions,
  BlobServiceClient,
  StorageSharedKeyCredential as BlobCredential,
} from '@azure/storage-blob';
import {
  DataLakeServiceClient,
  StorageSharedKeyCredential,
  type DataLakeFileSystemClient,
} from '@azure/storage-file-datalake';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startAzurite, type Azurite } from '../../local/lake/azurite.ts';
import type { StorageEvent } from '../../local/lake/events.ts';
import { startLake } from '../../local/lake/lake.ts';

const ACCOUNT = 'landfall';
const KEY = Buffer.from('a key of this test').toString('base64');
const ODD_NAMES = ['plain.csv', 'with space.csv', 'ünï→.csv', '100%.csv', 'a%2Fb.csv', 'a+b=c&d.csv', "it's#1.csv"];

function clients(url: string, key = KEY) {
  const retryOptions = { maxTries: 1 };
  return {
    dfs: new DataLakeServiceClient(url, new StorageSharedKeyCredential(ACCOUNT, key), { retryOptions }),
    blob: new BlobServiceClient(url, new BlobCredential(ACCOUNT, key), { retryOptions }),
  };
}

async function write(fs: DataLakeFileSystemClient, path: string, content: string | Buffer): Promise<void> {
  await fs.getFileClient(path).upload(Buffer.from(content), { close: true });
}

async function read(fs: DataLakeFileSystemClient, path: string): Promise<string> {
  return (await fs.getFileClient(path).readToBuffer()).toString();
}

async function list(fs: DataLakeFileSystemClient, path = '', recursive = true): Promise<string[]> {
  const names: string[] = [];
  for await (const { name = '', isDirectory } of fs.listPaths({ path, recursive }))
    names.push(isDirectory ? `${name}/` : name);
  return names.sort();
}

const refusal = (statusCode: number, code: string) => expect.objectContaining({ statusCode, code }) as Error;

describe('the lake', () => {
  let dataDir: string;
  let azurite: Azurite;
  let lake: Awaited<ReturnType<typeof startLake>>;
  let fs: DataLakeFileSystemClient;
  let name: string;
  let count = 0;
  const events: StorageEvent[] = [];
  const start = () =>
    startLake({
      port: 0,
      dataDir: join(dataDir, 'lake'),
      account: ACCOUNT,
      key: KEY,
      azurite,
      onEvent: (event) => events.push(event),
    });
  const told = () => events.map(({ subject, data }) => `${String(data.api)} ${subject.split('/blobs/')[1]}`);

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'lake-'));
    azurite = await startAzurite({
      dataDir: join(dataDir, 'azurite'),
      ports: { blob: 0, queue: 0, table: 0 },
      account: ACCOUNT,
      key: KEY,
    });
    lake = await start();
  });
  afterAll(async () => {
    await lake.close();
    await azurite.close();
    rmSync(dataDir, { recursive: true });
  });
  beforeEach(async () => {
    name = `fs-${++count}`;
    fs = clients(lake.url).dfs.getFileSystemClient(name);
    await fs.create();
    events.length = 0;
  });

  describe('files', () => {
    it.each(ODD_NAMES)('writes, reads, lists, moves and deletes %s', async (odd) => {
      await write(fs, `in here/${odd}`, 'hello');
      expect(await read(fs, `in here/${odd}`)).toBe('hello');
      expect(await list(fs)).toEqual(['in here/', `in here/${odd}`]);
      expect(told()).toEqual([`CreateFile in here/${odd}`, `FlushWithClose in here/${odd}`]);
      // The SDK takes the target of a move encoded.
      await fs.getFileClient(`in here/${odd}`).move(`in%20here/${encodeURIComponent(`moved ${odd}`)}`);
      expect(await list(fs, 'in here', false)).toEqual([`in here/moved ${odd}`]);
      await fs.getFileClient(`in here/moved ${odd}`).delete();
      expect(await list(fs, 'in here')).toEqual([]);
    });

    it('assembles pieces that come out of order', async () => {
      const content = Buffer.alloc(5_000_000, 'abc');
      const file = fs.getFileClient('big');
      await file.create();
      await file.append(content.subarray(3_000_000), 3_000_000, 2_000_000);
      await file.append(content.subarray(0, 3_000_000), 0, 3_000_000);
      await expect(file.flush(5)).rejects.toThrow(refusal(400, 'InvalidFlushPosition'));
      expect((await file.getProperties()).contentLength).toBe(0);
      await file.flush(content.length);
      await file.append('!', content.length, 1);
      await file.flush(content.length + 1, { close: true });
      expect((await file.readToBuffer()).equals(Buffer.concat([content, Buffer.from('!')]))).toBe(true);
      expect(told()).toEqual(['CreateFile big', 'FlushWithClose big']);
    });

    it('appends to what a Blob call wrote, and keeps its properties', async () => {
      const blob = clients(lake.url).blob.getContainerClient(name).getBlockBlobClient('deep/er/b');
      await blob.upload('12345', 5, { metadata: { q: 'r' }, blobHTTPHeaders: { blobContentType: 'text/x' } });
      const file = fs.getFileClient('deep/er/b');
      await file.append('678', 5, 3);
      await file.flush(8);
      expect(await read(fs, 'deep/er/b')).toBe('12345678');
      expect(await file.getProperties()).toMatchObject({ metadata: { q: 'r' }, contentType: 'text/x' });
    });

    it('keeps metadata and content headers', async () => {
      await fs
        .getFileClient('a')
        .upload(Buffer.from('x'), { metadata: { some: 'value' }, pathHttpHeaders: { contentType: 'text/csv' } });
      expect(await fs.getFileClient('a').getProperties()).toMatchObject({
        metadata: { some: 'value' },
        contentType: 'text/csv',
      });
    });

    it('reads ranges', async () => {
      await write(fs, 'a', '0123456789');
      const part = await fs.getFileClient('a').read(2, 3);
      expect(part._response.status).toBe(206);
      expect((await buffer(part.readableStreamBody as Readable)).toString()).toBe('234');
      await expect(fs.getFileClient('a').read(99, 3)).rejects.toMatchObject({ statusCode: 416 });
    });

    it('holds conditions and leases', async () => {
      const file = fs.getFileClient('a');
      await write(fs, 'a', 'x');
      await expect(file.create({ conditions: { ifNoneMatch: '*' } })).rejects.toThrow(
        refusal(409, 'PathAlreadyExists'),
      );
      await expect(file.create({ conditions: { ifMatch: '"0x1"' } })).rejects.toThrow(refusal(412, 'ConditionNotMet'));
      const { etag = '' } = await file.getProperties();
      await file.create({ conditions: { ifMatch: etag } });
      const lease = file.getDataLakeLeaseClient();
      await lease.acquireLease(15);
      await expect(file.delete()).rejects.toThrow(refusal(412, 'LeaseIdMissing'));
      await file.delete(false, { conditions: { leaseId: lease.leaseId } });
    });

    it('refuses as Azure does', async () => {
      await write(fs, 'dir/file', 'x');
      await expect(fs.create()).rejects.toThrow(refusal(409, 'ContainerAlreadyExists'));
      await expect(fs.getFileClient('nope').append('x', 0, 1)).rejects.toThrow(refusal(404, 'PathNotFound'));
      await expect(list(fs, 'nope')).rejects.toThrow(refusal(404, 'PathNotFound'));
      await expect(fs.getFileClient('dir').create()).rejects.toThrow(refusal(409, 'PathAlreadyExists'));
      await expect(fs.getFileClient('dir/file/below').create()).rejects.toThrow(refusal(409, 'PathConflict'));
      await expect(fs.getDirectoryClient('dir').delete(false)).rejects.toThrow(refusal(409, 'DirectoryNotEmpty'));
      await expect(fs.getDirectoryClient('nope').delete(true)).rejects.toThrow(refusal(404, 'PathNotFound'));
      const gone = clients(lake.url).dfs.getFileSystemClient('not-there');
      await expect(gone.getFileClient('a').create()).rejects.toThrow(refusal(404, 'FilesystemNotFound'));
      const stranger = clients(lake.url, Buffer.from('wrong').toString('base64')).dfs.getFileSystemClient(name);
      await expect(stranger.getFileClient('a').create()).rejects.toThrow(refusal(403, 'AuthenticationFailed'));
      const none = { read: false, write: false, execute: false };
      const permissions = { owner: none, group: none, other: none, stickyBit: false, extendedAcls: false };
      await expect(fs.getFileClient('dir/file').setPermissions(permissions)).rejects.toThrow(
        refusal(501, 'NotImplemented'),
      );
    });

    it('answers errors in the DFS form, and none at all to HEAD', async () => {
      const url = `${lake.url}/${name}/nope`;
      const answer = await fetch(`${url}?action=append&position=0`, { method: 'PATCH', body: 'x' });
      expect([answer.status, answer.headers.get('x-ms-error-code')]).toEqual([401, 'NoAuthenticationInformation']);
      expect(await answer.json()).toMatchObject({
        error: { code: 'NoAuthenticationInformation', message: expect.any(String) as string },
      });
      const head = await fetch(`${url}?action=getStatus`, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([401, '']);
    });
  });

  describe('directories', () => {
    it('moves a directory with all in it', async () => {
      await write(fs, 'a/b/one', '1');
      await write(fs, 'a/two', '2');
      await fs.getDirectoryClient('a/empty').create();
      events.length = 0;
      await fs.getDirectoryClient('a').move('c');
      expect(await list(fs)).toEqual(['c/', 'c/b/', 'c/b/one', 'c/empty/', 'c/two']);
      expect(await read(fs, 'c/b/one')).toBe('1');
      expect(told()).toEqual(['RenameDirectory c']);
      expect(events[0]?.data).toMatchObject({
        destinationUrl: expect.stringMatching(/\/c$/) as string,
        sourceUrl: expect.stringMatching(/\/a$/) as string,
      });
      await expect(fs.getDirectoryClient('a').move('d')).rejects.toThrow(refusal(404, 'SourcePathNotFound'));
      await expect(fs.getDirectoryClient('c').move('no/where')).rejects.toThrow(
        refusal(404, 'RenameDestinationParentPathNotFound'),
      );
      await expect(fs.getDirectoryClient('c').move('c/inside')).rejects.toThrow(
        refusal(409, 'InvalidRenameSourcePath'),
      );
      await fs.getDirectoryClient('c').delete(true);
      expect(await list(fs)).toEqual([]);
      expect(told().slice(1)).toEqual(['DeleteDirectory c']);
    });

    it('is seen whole while it moves', async () => {
      await Promise.all(Array.from({ length: 40 }, (_, index) => write(fs, `a/f${index}`, 'x')));
      let isMoving = true;
      const seen = new Set<number>();
      const watch = (async () => {
        while (isMoving) seen.add((await list(fs)).filter((path) => path.includes('/f')).length);
      })();
      for (const target of ['b', 'c', 'd'])
        await fs.getDirectoryClient(target === 'b' ? 'a' : target === 'c' ? 'b' : 'c').move(target);
      isMoving = false;
      await watch;
      expect([...seen]).toEqual([40]);
    });

    it('pages through a listing', async () => {
      await Promise.all(
        Array.from({ length: 25 }, (_, index) => write(fs, `d/f${String(index).padStart(2, '0')}`, 'x')),
      );
      const names: string[] = [];
      let pages = 0;
      for await (const page of fs.listPaths({ path: 'd' }).byPage({ maxPageSize: 10 })) {
        names.push(...(page.pathItems ?? []).map(({ name: path = '' }) => path));
        pages += 1;
      }
      expect([pages, names.length, new Set(names).size]).toEqual([3, 25, 25]);
    });

    it('stays a directory when its metadata is set', async () => {
      const directory = fs.getDirectoryClient('d');
      await directory.create();
      await directory.setMetadata({ x: 'y' });
      await write(fs, 'd/f', 'x');
      expect(await list(fs)).toEqual(['d/', 'd/f']);
      expect((await directory.getAccessControl()).owner).toBe('$superuser');
    });
  });

  describe('Blob calls', () => {
    it('make parents, and tell of what they did', async () => {
      const container = clients(lake.url).blob.getContainerClient(name);
      await container.getBlockBlobClient('in/one').upload('12', 2);
      await container.getBlockBlobClient('in/two').uploadStream(Readable.from([Buffer.alloc(3_000_000)]), 1_000_000);
      const copy = await container
        .getBlobClient('copied/three')
        .beginCopyFromURL(container.getBlobClient('in/one').url);
      await copy.pollUntilDone();
      await container.deleteBlob('in/one');
      expect(told()).toEqual(['PutBlob in/one', 'PutBlockList in/two', 'CopyBlob copied/three', 'DeleteBlob in/one']);
      expect(events.map(({ data }) => data.contentLength)).toEqual([2, 3_000_000, 2, undefined]);
      expect(events[0]?.data.url).toBe(`https://landfall.blob.core.windows.net/${name}/in/one`);
      expect(await list(fs)).toEqual(['copied/', 'copied/three', 'in/', 'in/two']);
    });

    it('see directories as prefixes, and cannot delete them full', async () => {
      await write(fs, 'd/f', 'x');
      await fs.getDirectoryClient('empty').create();
      await write(fs, 'file', 'x');
      const container = clients(lake.url).blob.getContainerClient(name);
      const seen: string[] = [];
      for await (const item of container.listBlobsByHierarchy('/')) seen.push(`${item.kind} ${item.name}`);
      expect(seen.sort()).toEqual(['blob file', 'prefix d/', 'prefix empty/']);
      await expect(container.deleteBlob('d')).rejects.toThrow(refusal(409, 'DirectoryIsNotEmpty'));
      await expect(container.getBlockBlobClient('d').upload('x', 1)).rejects.toMatchObject({ statusCode: 409 });
      await expect(container.getBlobClient('nope').download()).rejects.toThrow(refusal(404, 'BlobNotFound'));
    });
  });

  it('takes a SAS for Blob calls', async () => {
    const container = clients(lake.url).blob.getContainerClient(name);
    const permissions = BlobSASPermissions.parse('rcw');
    const url = await container
      .getBlockBlobClient('in/a')
      .generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 60_000) });
    expect(
      (await fetch(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'hello' })).status,
    ).toBe(201);
    expect(await (await fetch(url)).text()).toBe('hello');
    expect((await fetch(url.replace('/in/a', '/in/b'))).status).toBe(403);
    expect(told()).toEqual(['PutBlob in/a']);
    expect(await list(fs)).toEqual(['in/', 'in/a']);
  });

  it('makes a client wait until its event has been taken', async () => {
    const order: string[] = [];
    const slow = await startLake({
      port: 0,
      dataDir: join(dataDir, 'slow'),
      account: ACCOUNT,
      key: KEY,
      azurite,
      onEvent: () => new Promise((resolve) => setTimeout(() => resolve(order.push('event')), 50)),
    });
    onTestFinished(() => slow.close());
    await clients(slow.url).blob.getContainerClient(name).getBlockBlobClient('a').upload('x', 1);
    order.push('answer');
    expect(order).toEqual(['event', 'answer']);
  });

  it('finishes a move that a crash cut short', async () => {
    await write(fs, 'old/one', '1');
    await write(fs, 'new/two', '2');
    await lake.close();
    mkdirSync(join(dataDir, 'lake/intents'), { recursive: true });
    const intent = {
      from: `${name}/old`,
      to: `${name}/new`,
      event: { data: { api: 'RenameDirectory' }, subject: '/blobs/new' },
    };
    writeFileSync(join(dataDir, 'lake/intents/cut.json'), JSON.stringify(intent));
    events.length = 0;
    lake = await start();
    fs = clients(lake.url).dfs.getFileSystemClient(name);
    expect(await list(fs)).toEqual(['new/', 'new/one', 'new/two']);
    expect(told()).toEqual(['RenameDirectory new']);
  });

  it.skipIf(!process.env.LANDFALL_PYTHON)('serves the Python SDK (LANDFALL_PYTHON is set)', async () => {
    const script = join(import.meta.dirname, '../fixtures/lake/python_client.py');
    const { stdout } = await promisify(execFile)(process.env.LANDFALL_PYTHON ?? '', [script, lake.url, KEY]);
    expect(stdout).toContain('all as expected');
  });
});

describe('a lake that is killed', () => {
  let dataDir: string;
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'lake-killed-'))));

  const azuritePid = () => {
    const processes = execFileSync('ps', ['-A', '-o', 'pid=,args=']).toString().split('\n');
    const line = processes.find((one) => one.includes('azurite-child') && one.includes(dataDir));
    return line === undefined ? undefined : Number.parseInt(line, 10);
  };
  const startCli = async () => {
    const cli = join(import.meta.dirname, '../../local/lake/cli.ts');
    const child = spawn(process.execPath, [cli, '--port', '0', '--data', dataDir, '--key', KEY], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = line.toString().replace('lake ready ', '').trim();
    return {
      child,
      url,
      fs: new DataLakeServiceClient(url, new StorageSharedKeyCredential(ACCOUNT, KEY)).getFileSystemClient('kept'),
    };
  };

  it('loses nothing that it acknowledged, and leaves no process behind', async () => {
    const first = await startCli();
    await first.fs.create();
    const written: string[] = [];
    const writers = [0, 1, 2].map(async (writer) => {
      for (let index = 0; index < 20; index++) {
        await write(first.fs, `d${writer}/f${index}`, `content ${writer} ${index}`);
        written.push(`d${writer}/f${index}`);
        // Azurite dies in the middle; the lake starts it again and the writers notice nothing.
        if (writer === 0 && index === 8) process.kill(azuritePid() ?? 0, 'SIGKILL');
      }
    });
    await Promise.all(writers);
    first.child.kill('SIGKILL');
    await vi.waitFor(() => expect(azuritePid()).toBeUndefined(), 10_000);

    const second = await startCli();
    expect((await list(second.fs)).filter((path) => !path.endsWith('/'))).toEqual(written.sort());
    expect(await read(second.fs, 'd1/f19')).toBe('content 1 19');
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
    expect(azuritePid()).toBeUndefined();
    rmSync(dataDir, { recursive: true });
  });

  it('keeps tables too when Azurite is killed', async () => {
    const azurite = await startAzurite({ dataDir, ports: { blob: 0, queue: 0, table: 0 }, account: ACCOUNT, key: KEY });
    onTestFinished(async () => {
      await azurite.close();
      rmSync(dataDir, { recursive: true });
    });
    const table = new TableClient(azurite.table, 'Things', new AzureNamedKeyCredential(ACCOUNT, KEY), {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 8, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
    });
    await table.createTable();
    for (const rowKey of ['a', 'b', 'c']) await table.createEntity({ partitionKey: 'p', rowKey, value: 1 });
    await table.updateEntity({ partitionKey: 'p', rowKey: 'b', value: 2 }, 'Merge');
    await table.deleteEntity('p', 'c');
    for (let kill = 0; kill < 2; kill++) {
      process.kill(azuritePid() ?? 0, 'SIGKILL');
      const rows: unknown[] = [];
      await vi.waitFor(async () => {
        rows.length = 0;
        for await (const { rowKey, value } of table.listEntities()) rows.push([rowKey, value]);
      }, 20_000);
      expect(rows).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
    }
    await expect(table.createEntity({ partitionKey: 'p', rowKey: 'a' })).rejects.toMatchObject({ statusCode: 409 });
  });
});
