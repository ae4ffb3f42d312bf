import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsAnswer, type AwsKeys, startBoto3 } from './boto3.ts';
import { freePort, startDaemon, until } from './daemon.ts';

const READY_MS = 30_000;

/** A real MinIO with a folder of its own. */
export interface Minio {
  /** Of S3 and STS alike. */
  readonly endpoint: string;
  readonly rootKeys: AwsKeys;
  s3(keys: AwsKeys, operation: string, parameters: Record<string, unknown>): Promise<AwsAnswer>;
  stop(): Promise<void>;
}

/** @param program the server @param python an interpreter that imports boto3 @throws Error with what it printed when it does not serve in time */
export async function startMinio(program: string, python: string): Promise<Minio> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-minio-'));
  const address = `127.0.0.1:${await freePort()}`;
  const rootKeys = { accessKeyId: 'root-user', secretAccessKey: randomBytes(20).toString('hex') };
  const environment = { HOME: directory, MINIO_ROOT_USER: rootKeys.accessKeyId, MINIO_ROOT_PASSWORD: rootKeys.secretAccessKey };
  const words = ['server', '--quiet', '--address', address, join(directory, 'data')];
  const daemon = startDaemon(program, words, { environment: { ...environment, MINIO_BROWSER: 'off' } });
  const endpoint = `http://${address}`;
  const end = async () => {
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await until(READY_MS, async () => (await fetch(`${endpoint}/minio/health/ready`)).ok, daemon.output);
  } catch (error) {
    await end();
    throw error;
  }
  const boto3 = startBoto3(python, endpoint);
  return {
    endpoint,
    rootKeys,
    s3: (keys, operation, parameters) => boto3.call({ service: 's3', operation, parameters, keys }),
    async stop() {
      await boto3.stop();
      await end();
    },
  };
}
