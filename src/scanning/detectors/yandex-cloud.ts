import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Yandex Cloud',
  family: 'clouds',
  source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/api-key',
} as const;

export const yandexCloud: readonly Detector[] = [
  token({
    ...of,
    id: 'yandex-cloud-api-key',
    title: 'Yandex Cloud API key',
    prefix: 'AQVN',
    body: chars('base64url', 35, 38),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'yandex-cloud-iam-token',
    title: 'Yandex Cloud IAM token',
    prefix: 't1.',
    body: seq(chars('base64url', 40, 800), '.', chars('base64url', 86)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'yandex-cloud-static-key',
    title: 'Yandex Cloud static access key secret',
    prefix: 'YCM',
    body: chars('base64url', 37),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'yandex-cloud-oauth-token',
    title: 'Yandex Cloud OAuth token',
    prefix: 'y0_',
    body: chars('base64url', 50, 60),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'yandex-cloud-secret-key',
    title: 'Yandex Cloud secret key',
    keywords: ['yandex_secret', 'yandex_access', 'yandex_cloud', 'yc_secret'],
    value: chars('base64url', 40),
  }),
];
