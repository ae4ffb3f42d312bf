import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import {
  element,
  extension,
  makeAuthority,
  makeCertificate,
  makeRevocationList,
  pemOf,
  sequence,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { startServer } from '../testing/server.ts';
import { writeTlsFiles } from '../testing/tls-files.ts';
import { operationsIn } from './driven.ts';

/** A server over TLS, and files of clients that have certificates. */
export interface SecuredServer {
  readonly url: string;
  /** `server.pem`, `root-token`, `ca.pem`, `crl.pem`; `client.pem` and `stranger.pem` with their `.key`. */
  readonly folder: string;
  /** Operations that were performed with success. */
  performed(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startSecuredServer(): Promise<SecuredServer> {
  const tls = await writeTlsFiles(selfSigned());
  const server = await startServer({ args: tls.args });
  const token = await server.rootToken();
  const folder = await mkdtemp(join(tmpdir(), 'watchword-clients-'));
  const files = { ...clientFiles(), 'server.pem': tls.cert, 'root-token': token };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  return {
    url: server.url,
    folder,
    performed: async () => operationsIn(await metrics(server.url, tls.cert, token)),
    async close() {
      await server.stop();
      await Promise.all([tls.remove(), rm(folder, { recursive: true })]);
    },
  };
}

function clientFiles(): Readonly<Record<string, string>> {
  const now = Date.now();
  const authority = makeAuthority('Acme root', now);
  const keyId = (id: string, value: Buffer) => ({ id, value });
  const extensions = [
    extension.noAuthority(),
    extension.keyUsage(0),
    keyId('2.5.29.14', element(0x04, Buffer.from([1, 2, 3]))),
    keyId('2.5.29.35', sequence(element(0x80, Buffer.from([4, 5, 6])))),
  ];
  const wanted = { subject: [['CN', 'trainer']], extensions } as const;
  const client = makeCertificate(wanted, now, authority);
  const stranger = makeCertificate(wanted, now, makeAuthority('Acme root', now));
  return {
    'ca.pem': authority.pem,
    'client.pem': client.pem,
    'client.key': client.keyPem,
    'stranger.pem': stranger.pem,
    'stranger.key': stranger.keyPem,
    'crl.pem': pemOf('X509 CRL', makeRevocationList(authority, { revoked: [client] }, now)),
  };
}

function metrics(url: string, ca: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'X-Vault-Token': token };
    const sent = request(`${url}/v1/sys/metrics?format=prometheus`, { ca, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end();
  });
}
