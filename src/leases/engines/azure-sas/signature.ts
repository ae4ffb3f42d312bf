import { createHmac } from 'node:crypto';

export const SERVICE_VERSION = '2022-11-02';

/** What a signature says. */
export interface Signed {
  readonly account: string;
  readonly container: string;
  readonly resource: 'container' | 'directory' | 'blob';
  /** Not encoded; empty for a container. */
  readonly path: string;
  readonly permissions: string;
  /** Milliseconds since the epoch; counted in whole seconds. */
  readonly startsAt: number;
  readonly expiresAt: number;
  /** `192.0.2.0-192.0.2.255`; empty for any. */
  readonly addresses: string;
}

const letters = { container: 'c', directory: 'd', blob: 'b' } as const;

/**
 * A service SAS for the blob service, without a question mark, for https alone.
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 * @param key of the account, decoded
 */
export function serviceSas(signed: Signed, key: Buffer): string {
  const { resource, path, permissions, addresses } = signed;
  const depth = resource === 'directory' ? String(path.split('/').length) : '';
  const fields: readonly (readonly [name: string, value: string])[] = [
    ['sv', SERVICE_VERSION],
    ['spr', 'https'],
    ['st', secondsOf(signed.startsAt)],
    ['se', secondsOf(signed.expiresAt)],
    ['sip', addresses],
    ['sr', letters[resource]],
    ['sdd', depth],
    ['sp', permissions],
    ['sig', hmac(stringToSign(signed), key)],
  ];
  const said = fields.filter(([, value]) => value !== '');
  return said.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** As of version 2020-12-06. A line for each thing that could be said, also for what is not. */
function stringToSign({ account, container, resource, path, permissions, startsAt, expiresAt, addresses }: Signed): string {
  const canonical = `/blob/${account}/${container}${path === '' ? '' : `/${path}`}`;
  const identifier = '';
  const [snapshot, encryptionScope] = ['', ''];
  const responseHeaders = ['', '', '', '', ''];
  return [
    permissions,
    secondsOf(startsAt),
    secondsOf(expiresAt),
    canonical,
    identifier,
    addresses,
    'https',
    SERVICE_VERSION,
    letters[resource],
    snapshot,
    encryptionScope,
    ...responseHeaders,
  ].join('\n');
}

/** `2026-11-26T05:00:00Z` */
const secondsOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const hmac = (text: string, key: Buffer): string => createHmac('sha256', key).update(text, 'utf8').digest('base64');
