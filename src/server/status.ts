import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Authenticator } from '../access/door-contract.ts';
import type { StatusSource, StatusWarning } from '../access/operations/status.ts';
import type { AuditLog } from '../audit/contract.ts';
import type { StoredKeyring } from '../keyring/keyring.ts';
import type { Reader } from '../storage/contract.ts';
import type { Configuration } from './configuration.ts';
import { type DataDirectory, isOpenToOthers, onSameDisk } from './data-directory.ts';
import type { Metrics } from './metrics.ts';

/** Version of this program, from its package. */
export const version: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;

export interface StatusDependencies {
  readonly configuration: Configuration;
  readonly directory: DataDirectory;
  readonly keyring: StoredKeyring;
  readonly audit: AuditLog;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export function statusSource(dependencies: StatusDependencies): StatusSource {
  const { keyring, audit, metrics, startedAt } = dependencies;
  return {
    version,
    metrics: () => metrics.print(),
    warnings: (reader) => warnings(dependencies, reader),
    state() {
      const { state, kind } = keyring.status();
      return {
        version,
        initialized: state !== 'uninitialized',
        sealed: state !== 'unsealed',
        sealKind: kind,
        storage: 'sqlite',
        startedAt,
        auditEvents: audit.size,
      };
    },
  };
}

async function warnings(
  { directory, keyring, authenticator, configuration: { address, tlsCertFile } }: StatusDependencies,
  reader: Reader,
): Promise<StatusWarning[]> {
  const found: StatusWarning[] = [];
  if (await authenticator.rootTokenLives(reader)) {
    found.push({
      code: 'root-token-lives',
      message: 'A root token is alive: whoever has it can do everything.',
      remedy: `Make tokens with narrower policies, then revoke it: \`watchword token revoke -self\`.${
        existsSync(directory.rootToken) ? ' Delete the file root-token in the data folder as well.' : ''
      }`,
    });
  }
  if (keyring.status().kind === 'static' && (await onSameDisk(directory.sealKey, directory.database))) {
    found.push({
      code: 'seal-key-beside-database',
      message: 'The seal key and the database are on one disk: whoever has the disk has every secret.',
      remedy:
        'Move the key to another disk and name it with --seal-key-file, or give it as a systemd credential; for a new store: --seal shamir.',
    });
  }
  if (keyring.status().kind === 'static' && (await isOpenToOthers(directory.sealKey))) {
    found.push({
      code: 'seal-key-open-to-others',
      message: 'Other users of this machine may read or change the seal key: whoever has it and the database has every secret.',
      remedy: 'Take their rights away: chmod 600 on the seal key file.',
    });
  }
  if (tlsCertFile === undefined && !isLoopback(address)) {
    found.push({
      code: 'plain-http',
      message: 'The server is reachable from other machines without TLS: tokens and secrets travel in clear.',
      remedy: 'Start with --tls-cert-file and --tls-key-file, or listen on 127.0.0.1.',
    });
  }
  return found;
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\./.test(address);
}
