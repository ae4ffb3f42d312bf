import { crc32 } from 'node:zlib';
import type { Check, Detector } from '../detector.ts';
import type { Maker } from './maker.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 of the text in base 62, six digits: the end of GitHub's and npm's tokens. */
export function crcTail(body: string): string {
  let rest = crc32(body);
  let tail = '';
  for (let digit = 0; digit < 6; digit += 1) {
    tail = BASE62.charAt(rest % 62) + tail;
    rest = Math.floor(rest / 62);
  }
  return tail;
}

export const crcBody = sampled(chars('base62', 36), (make: Maker) => {
  const body = make.chars('base62', 30);
  return body + crcTail(body);
});

export function crcCheck(value: string): Check {
  const body = value.slice(value.indexOf('_') + 1);
  const ok = crcTail(body.slice(0, -6)) === body.slice(-6);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}

const SOURCE = 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/';
const classic = (id: string, title: string, prefix: string): Detector =>
  token({ id, provider: 'GitHub', title, family: 'code-hosts', prefix, body: crcBody, check: crcCheck, source: SOURCE });

export const github: readonly Detector[] = [
  classic('github-personal-access-token', 'GitHub personal access token (classic)', 'ghp_'),
  classic('github-oauth-token', 'GitHub OAuth token', 'gho_'),
];
