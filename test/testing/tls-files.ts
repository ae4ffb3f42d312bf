import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TlsFiles {
  readonly cert: string;
  readonly certFile: string;
  /** Options of `watchword server`. */
  readonly args: readonly string[];
  remove(): Promise<void>;
}

export async function writeTlsFiles({ cert, key }: { readonly cert: string; readonly key: string }): Promise<TlsFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-tls-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  return {
    cert,
    certFile,
    args: ['--tls-cert-file', certFile, '--tls-key-file', keyFile],
    remove: () => rm(folder, { recursive: true }),
  };
}
