import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startAzurite } from '../../local/lake/azurite.ts';
import { startLake } from '../../local/lake/lake.ts';

const {
  LANDFALL_PYTHON: python = '',
  LANDFALL_JARS: jars = '',
  LANDFALL_JAVA_HOME: javaHome = process.env.JAVA_HOME,
} = process.env;
const SPARK_MS = 300_000;
const hasJava =
  javaHome !== undefined || (process.env.PATH ?? '').split(':').some((dir) => existsSync(join(dir, 'java')));
const key = Buffer.from('a key of this test').toString('base64');

it.skipIf(!python || !jars || !hasJava)(
  "serves Spark through Hadoop's ABFS driver (LANDFALL_PYTHON, LANDFALL_JARS and Java are there)",
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lake-spark-'));
    const azurite = await startAzurite({ dataDir, ports: { blob: 0, queue: 0, table: 0 }, account: 'landfall', key });
    const lake = await startLake({ port: 0, dataDir: join(dataDir, 'lake'), account: 'landfall', key, azurite });
    onTestFinished(async () => {
      await lake.close();
      await azurite.close();
      rmSync(dataDir, { recursive: true });
    });
    const script = join(import.meta.dirname, '../fixtures/lake/spark_client.py');
    const env = { ...process.env, PYSPARK_PYTHON: python, ...(javaHome && { JAVA_HOME: javaHome }) };
    const { stdout } = await promisify(execFile)(
      python,
      [script, new URL(lake.url).host, key, jars.replaceAll(':', ',')],
      { env },
    );
    expect(stdout).toContain('all as expected');
  },
  SPARK_MS,
);
