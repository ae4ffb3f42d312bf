import type { Detector } from '../detector.ts';
import { checkBase64Json } from './checks/base64-json.ts';
import { keyed } from './keyed.ts';
import { chars, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Sentry', family: 'monitoring', source: 'https://docs.sentry.io/account/auth-tokens/' } as const;

export const sentry: readonly Detector[] = [
  token({
    ...of,
    id: 'sentry-organization-token',
    title: 'Sentry organization auth token',
    prefix: 'sntrys_eyJpYXQiO',
    body: sampled(seq(chars('base64', 40, 300), chars({ of: '=' }, 0, 2), '_', chars('base64', 43)), (make) => {
      const claims = {
        iat: Number(`17${make.chars('digits', 8)}`),
        url: 'https://sentry.example',
        region_url: 'https://eu.sentry.example',
        org: 'acme',
      };
      return `${Buffer.from(JSON.stringify(claims)).toString('base64').slice('eyJpYXQiO'.length)}_${make.chars('base64', 43)}`;
    }),
    notAfter: 'A-Za-z0-9+/',
    check: (value) => checkBase64Json(value.slice('sntrys_'.length, value.lastIndexOf('_')), ['iat', 'org']),
  }),
  token({ ...of, id: 'sentry-user-token', title: 'Sentry user auth token', prefix: 'sntryu_', body: chars('hex', 64) }),
  keyed({
    ...of,
    id: 'sentry-legacy-token',
    title: 'Sentry auth token (legacy)',
    keywords: ['sentry_auth', 'sentry_token', 'sentry_api'],
    value: chars('hex', 64),
  }),
];
