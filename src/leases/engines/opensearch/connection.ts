import { isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';

/** `url`, `username` and `password` as Vault's plugin for Elasticsearch has them. */
export interface OpensearchConnection {
  /** Of one node, or of what stands in front of all: `https://search.example:9200`, with its path prefix where it has one. */
  readonly url: string;
  readonly username: string;
  readonly password: Secret | undefined;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** Whether it may be plain HTTP beyond this machine. */
  readonly plainHttp: boolean;
  /** Whether the server makes the hashes of passwords: where it believes others than bcrypt's. */
  readonly sendPassword: boolean;
}

export const opensearchConnectionFields = {
  url: z.string().max(1024),
  username: z.string().max(255),
  password: secretSchema.optional(),
  tlsCa: textSchema,
  plainHttp: z.boolean(),
  sendPassword: z.boolean(),
} satisfies z.ZodRawShape;

export const newOpensearchConnection: OpensearchConnection = {
  url: '',
  username: '',
  password: undefined,
  tlsCa: '',
  plainHttp: false,
  sendPassword: false,
};

const FORM = /^https?:\/\/(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9_-]+)*\/?$/;

/** @throws WatchwordError `engine.invalid` */
export function checkOpensearchConnection({ url, username, password, tlsCa, plainHttp }: OpensearchConnection): void {
  if (!FORM.test(url) || !URL.canParse(url)) invalidSetting('url', 'must be a URL such as https://search.example:9200');
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname) && !plainHttp) {
    invalidSetting('url', 'must be an https URL: the password would travel in clear; plain_http=true allows that');
  }
  if (username === '' || username.includes(':')) invalidSetting('username', 'must be set, and may not hold a colon');
  if (password === undefined || password.length === 0) invalidSetting('password', 'must be set');
  if (tlsCa !== '' && !tlsCa.includes('-----BEGIN CERTIFICATE-----')) invalidSetting('tls_ca', 'must be certificates in PEM');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
