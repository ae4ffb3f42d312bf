import { dirname, join } from 'node:path';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Files, Random } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { KEY_BYTES } from '../xaes.ts';
import type { Seal } from './seal.ts';

export interface StaticSealOptions {
  readonly files: Files;
  readonly random: Random;
  /** Key file; made (0600) at initialisation. */
  readonly keyFile: string;
  /** `$CREDENTIALS_DIRECTORY`: where systemd has put `watchword-seal-key` there, that is the key, and no file is made. */
  readonly credentialsDirectory?: string | undefined;
}

const CREDENTIAL = 'watchword-seal-key';

/** A key in a file or a systemd credential: the server unseals by itself. Whoever has the disk and the file has everything. */
export function staticSeal({ files, random, keyFile, credentialsDirectory }: StaticSealOptions): Seal {
  const locate = async (): Promise<string> => {
    const credential = credentialsDirectory === undefined ? undefined : join(credentialsDirectory, CREDENTIAL);
    return credential !== undefined && (await files.size(credential)) !== undefined ? credential : keyFile;
  };
  const exists = async (path: string) => (await files.size(path)) !== undefined;
  const read = async (): Promise<Secret> => {
    const path = await locate();
    if (!(await exists(path))) throw unusable(path, 'is missing');
    const text = await files.read(path).catch((error: unknown) => {
      throw unusable(path, 'cannot be read', error);
    });
    const key = decodeKey(text);
    text.fill(0);
    if (key === undefined) throw unusable(path, 'must hold 32 bytes, as they are, in hex or in base64');
    return Secret.own(key);
  };
  return {
    kind: 'static',
    async create({ shares, threshold }) {
      if (shares > 1 || threshold > 1) {
        throw new WatchwordError(
          'seal.invalid',
          'a static seal has no unseal keys: ask for one share, or start with the shamir seal',
        );
      }
      // A key that is there already is used, never overwritten: an initialisation that was cut short can be repeated.
      const path = await locate();
      if (!(await exists(path))) {
        await files.makeDirectory(dirname(path));
        const text = Buffer.from(`${random.bytes(KEY_BYTES).toString('base64')}\n`);
        await files.replace(path, text);
        text.fill(0);
      }
      return { shape: { shares: 0, threshold: 0 }, key: await read(), unsealKeys: [] };
    },
    async check() {
      if (await exists(await locate())) (await read()).dispose();
    },
    unattended: read,
    combine() {
      throw new WatchwordError('seal.invalid', 'a static seal takes no unseal keys');
    },
  };
}

function unusable(path: string, how: string, cause?: unknown): WatchwordError {
  return new WatchwordError('seal.key-file', `the seal key file ${path} ${how}`, { where: path, cause });
}

function decodeKey(content: Buffer): Buffer | undefined {
  if (content.length === KEY_BYTES) return Buffer.from(content);
  const text = content.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}
