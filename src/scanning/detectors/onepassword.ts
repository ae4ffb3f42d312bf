import type { Detector } from '../detector.ts';
import { chars, either, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: '1Password',
  family: 'infrastructure',
  source: 'https://developer.1password.com/docs/service-accounts/',
} as const;

export const onepassword: readonly Detector[] = [
  token({
    ...of,
    id: 'onepassword-service-account-token',
    title: '1Password service account token',
    prefix: 'ops_eyJ',
    body: seq(chars('base64url', 250, 1200), optional('==')),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'onepassword-secret-key',
    title: '1Password secret key',
    prefix: 'A3-',
    body: seq(
      chars('upperBase36', 6),
      '-',
      either(chars('upperBase36', 11), seq(chars('upperBase36', 6), '-', chars('upperBase36', 5))),
      '-',
      chars('upperBase36', 5),
      '-',
      chars('upperBase36', 5),
      '-',
      chars('upperBase36', 5),
    ),
  }),
];
