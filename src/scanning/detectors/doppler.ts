import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Doppler', family: 'infrastructure', source: 'https://docs.doppler.com/reference/api' } as const;

export const doppler: readonly Detector[] = [
  token({
    ...of,
    id: 'doppler-personal-token',
    title: 'Doppler personal token',
    prefix: 'dp.pt.',
    body: chars('base62', 40, 44),
  }),
  token({
    ...of,
    id: 'doppler-service-token',
    title: 'Doppler service token',
    prefix: 'dp.st.',
    body: seq(optional(seq(chars({ of: 'abcdefghijklmnopqrstuvwxyz0123456789_-' }, 2, 35), '.')), chars('base62', 40, 44)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'doppler-service-account-token',
    title: 'Doppler service account token',
    prefix: 'dp.sa.',
    body: chars('base62', 40, 44),
  }),
  token({ ...of, id: 'doppler-cli-token', title: 'Doppler command line token', prefix: 'dp.ct.', body: chars('base62', 40, 44) }),
  token({ ...of, id: 'doppler-scim-token', title: 'Doppler SCIM token', prefix: 'dp.scim.', body: chars('base62', 40, 44) }),
  token({ ...of, id: 'doppler-audit-token', title: 'Doppler audit token', prefix: 'dp.audit.', body: chars('base62', 40, 44) }),
];
