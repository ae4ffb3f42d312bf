import { isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';

/** Names in Vault: `connection_uri`, `username`, `password`; `tls_ca` and `plain_http` are ours. */
export interface RabbitmqConnection {
  /** Of the management plugin: `https://rabbit.example:15671`, with its path prefix where it has one. */
  readonly connectionUri: string;
  readonly username: string;
  readonly password: Secret | undefined;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** Whether it may be plain HTTP beyond this machine. */
  readonly plainHttp: boolean;
}

export const rabbitmqConnectionFields = {
  connectionUri: z.string().max(1024),
  username: z.string().max(255),
  password: secretSchema.optional(),
  tlsCa: textSchema,
  plainHttp: z.boolean(),
  passwordPolicy: z.literal('', 'is not supported: passwords have 24 letters and digits').optional(),
  usernameTemplate: z.literal('', 'is not supported: users are called so that they can be found again').optional(),
} satisfies z.ZodRawShape;

export const newRabbitmqConnection: RabbitmqConnection = {
  connectionUri: '',
  username: '',
  password: undefined,
  tlsCa: '',
  plainHttp: false,
};

const FORM = /^https?:\/\/(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9_-]+)*\/?$/;

/** @throws WatchwordError `engine.invalid` */
export function checkRabbitmqConnection({ connectionUri, username, password, tlsCa, plainHttp }: RabbitmqConnection): void {
  if (!FORM.test(connectionUri) || !URL.canParse(connectionUri)) {
    invalidSetting('connection_uri', 'must be the URL of the management plugin, such as https://rabbit.example:15671');
  }
  const { protocol, hostname } = new URL(connectionUri);
  if (protocol === 'http:' && !isLoopback(hostname) && !plainHttp) {
    invalidSetting('connection_uri', 'must be an https URL: the password would travel in clear; plain_http=true allows that');
  }
  if (username === '' || username.includes(':')) invalidSetting('username', 'must be set, and may not hold a colon');
  if (password === undefined || password.length === 0) invalidSetting('password', 'must be set');
  if (tlsCa !== '' && !tlsCa.includes('-----BEGIN CERTIFICATE-----')) invalidSetting('tls_ca', 'must be certificates in PEM');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
