import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { WatchwordError } from '../foundation/errors.ts';
import type { Configuration } from './configuration.ts';

/** PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Certificate and key, known to fit each other; undefined where the server speaks plain HTTP.
 * @throws WatchwordError `configuration.invalid`
 */
export async function readTls({ tlsCertFile, tlsKeyFile }: Configuration): Promise<TlsPair | undefined> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return undefined;
  const pair = { cert: await readPem(tlsCertFile, '--tls-cert-file'), key: await readPem(tlsKeyFile, '--tls-key-file') };
  checkUse({ cert: pair.cert }, '--tls-cert-file', `${tlsCertFile} holds no certificate in PEM`);
  checkUse({ key: pair.key }, '--tls-key-file', `${tlsKeyFile} holds no private key in PEM without a passphrase`);
  checkUse(pair, '--tls-key-file', `${tlsKeyFile} is not the key of the certificate in ${tlsCertFile}`);
  return pair;
}

async function readPem(path: string, where: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new WatchwordError('configuration.invalid', `${path} cannot be read: name a file in PEM with ${where}`, {
      where,
      cause: error,
    });
  }
}

function checkUse(files: Partial<TlsPair>, where: string, message: string): void {
  try {
    createSecureContext(files);
  } catch (error) {
    throw new WatchwordError('configuration.invalid', message, { where, cause: error });
  }
}
