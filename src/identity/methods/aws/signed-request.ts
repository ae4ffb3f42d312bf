import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { parseStrictJson } from '../../jwt/strict-json.ts';
import { refusedLogin } from '../../login-refusal.ts';
import type { AwsConfig } from './aws-config.ts';
import { type Sts, stsOf } from './sts.ts';

/** What a caller signed, in the parts that Vault's clients send. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  /** JSON text: header → value, or list of values. Whoever has it can use it until it is too old. */
  readonly headers: Secret;
}

/** The request as it is passed on to STS. */
export interface CheckedRequest {
  /** Who is asked: by the settings, never by what was sent. */
  readonly sts: Sts;
  /** The name that was signed for. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Same for the same signature. */
  readonly fingerprint: string;
}

/** By which a signed request is told from one that was made for another server. */
const SERVER_ID = 'x-vault-aws-iam-server-id';
const WINDOW_MS = 15 * 60_000;

const passedOn: ReadonlySet<string> = new Set([
  SERVER_ID,
  'accept',
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'authorization',
  'content-length',
  'content-type',
  'host',
  'user-agent',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-user-agent',
]);
/** Set by whoever sends. */
const notSent: ReadonlySet<string> = new Set(['host', 'content-length']);

const bodies: ReadonlySet<string> = new Set([
  'Action=GetCallerIdentity&Version=2011-06-15',
  'Version=2011-06-15&Action=GetCallerIdentity',
]);

/**
 * Checks everything about a signed request that does not need AWS. Nothing in it decides who is asked: that is in the settings.
 * @throws WatchwordError `login.refused`
 */
export function checkedRequest(sent: SentRequest, config: AwsConfig, now: number): CheckedRequest {
  if (config.iamServerIdHeaderValue === '') throw refusedLogin('aws.unconfigured');
  if (sent.method !== 'POST') throw refusedLogin('aws.method');
  if (!bodies.has(sent.body)) throw refusedLogin('aws.body');
  const headers = headersOf(sent.headers, config);
  const signature = signatureOf(headers.get('authorization') ?? '');
  const sts = stsOf(config, signature.region);
  if (sts === undefined) throw refusedLogin('aws.region');
  const host = hostOf(sent.url, sts);
  if ((headers.get('host') ?? host) !== host) throw refusedLogin('aws.url');
  if ((headers.get('content-length') ?? String(sent.body.length)) !== String(sent.body.length)) throw refusedLogin('aws.body');
  if (headers.get(SERVER_ID) !== config.iamServerIdHeaderValue) throw refusedLogin('aws.server-id');
  if (!signature.signed.includes(SERVER_ID)) throw refusedLogin('aws.server-id-unsigned');
  if (!signature.signed.includes('host')) throw refusedLogin('aws.signature-form');
  if (!signature.signed.every((name) => name === 'host' || name === 'content-length' || headers.has(name))) {
    throw refusedLogin('aws.signature-form');
  }
  const signedAt = timeOf(headers.get('x-amz-date') ?? '', signature.day);
  if (Math.abs(now - signedAt) > WINDOW_MS) throw refusedLogin('aws.date');
  return {
    sts,
    host,
    body: sent.body,
    headers: Object.fromEntries([...headers].filter(([name]) => !notSent.has(name))),
    fingerprint: createHash('sha256').update(signature.value).digest('base64url'),
  };
}

/** The text must be the URL of STS to the letter: nothing is normalised that could hide something. */
function hostOf(url: string, { hosts }: Sts): string {
  const host = /^https?:\/\/([A-Za-z0-9.:-]+)\/?$/.exec(url)?.[1];
  if (host === undefined || !hosts.includes(host)) throw refusedLogin('aws.url');
  return host;
}

function headersOf(text: Secret, { allowedStsHeaderValues }: AwsConfig): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [given, value] of Object.entries(parsed(text))) {
    const name = given.toLowerCase();
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const [only] = values;
    if (headers.has(name) || values.length > 1) throw refusedLogin('aws.duplicate-header');
    if (typeof only !== 'string' || only.length > 8192 || !/^[\x20-\x7e]*$/.test(only) || !/^[a-z0-9-]{1,128}$/.test(name)) {
      throw refusedLogin('aws.form');
    }
    if (!passedOn.has(name) && !allowedStsHeaderValues.includes(name)) throw refusedLogin('aws.header');
    headers.set(name, only);
  }
  return headers;
}

function parsed(text: Secret): JsonObject {
  const json = parseStrictJson(text.bytes);
  if ('object' in json) return json.object;
  throw refusedLogin(json.fault === 'duplicate-member' ? 'aws.duplicate-header' : 'aws.form');
}

interface Signature {
  readonly day: string;
  readonly region: string;
  readonly signed: readonly string[];
  readonly value: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=[A-Z0-9]{16,128}\/(\d{8})\/([a-z0-9-]{1,32})\/sts\/aws4_request, ?SignedHeaders=([a-z0-9-]+(?:;[a-z0-9-]+)*), ?Signature=([0-9a-f]{64})$/;

function signatureOf(authorization: string): Signature {
  const [, day = '', region = '', signed = '', value] = FORM.exec(authorization) ?? [];
  const names = signed.split(';');
  if (value === undefined || new Set(names).size !== names.length) throw refusedLogin('aws.signature-form');
  return { day, region, signed: names, value };
}

function timeOf(text: string, day: string): number {
  const [, date = '', hours, minutes, seconds] = /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hours}:${minutes}:${seconds}Z`;
  const time = Date.parse(iso);
  if (date !== day || Number.isNaN(time)) throw refusedLogin('aws.date');
  return time;
}
