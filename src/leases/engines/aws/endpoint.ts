import { isIP } from 'node:net';
import { partitionOf } from '../../../foundation/aws-regions.ts';
import { WatchwordError } from '../../../foundation/errors.ts';

/** As the operator wrote it: `https://storage.example:9000`. */
const FORM = /^https?:\/\/(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?\/?$/;

interface Rules {
  /** Private addresses. */
  readonly internal: boolean;
  readonly plainHttp: boolean;
}

/** @throws WatchwordError `engine.invalid` */
export function checkEndpoint(where: string, text: string, { internal, plainHttp }: Rules): void {
  if (text === '') return;
  if (!FORM.test(text) || !URL.canParse(text)) invalidSetting(where, 'must be an https URL without a path');
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return;
  if (!isLoopback(hostname) && !plainHttp) {
    invalidSetting(where, 'must be an https URL: keys would travel in clear; plain_http=true allows that');
  }
  if (!internal) invalidSetting(where, 'is plain HTTP, which goes with internal=true alone');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** The STS of a region, or the one that was named. */
export function stsUrl(endpoint: string, region: string): URL {
  return new URL(endpoint === '' ? `https://sts.${region}.${partitionOf(region).domain}/` : `${new URL(endpoint).origin}/`);
}

/** Where a bucket is: its origin, and what stands before its keys. A server that was named is not asked to have names for buckets. */
export function bucketAddress(endpoint: string, region: string, bucket: string): { origin: string; before: string } {
  if (endpoint !== '') return { origin: new URL(endpoint).origin, before: `/${bucket}/` };
  const service = `s3.${region}.${partitionOf(region).domain}`;
  // No certificate covers a name with more dots.
  if (bucket.includes('.')) return { origin: `https://${service}`, before: `/${bucket}/` };
  return { origin: `https://${bucket}.${service}`, before: '/' };
}

/** @param name of the field, in camel case @throws WatchwordError `engine.invalid`, always */
export function invalidSetting(name: string, message: string): never {
  const where = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  throw new WatchwordError('engine.invalid', `${where}: ${message}`, { where });
}
