import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Typeform',
  family: 'services',
  source: 'https://www.typeform.com/developers/get-started/personal-access-token/',
} as const;

export const typeform: readonly Detector[] = [
  token({
    ...of,
    id: 'typeform-personal-access-token',
    title: 'Typeform personal access token',
    prefix: 'tfp_',
    body: chars({ of: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.' }, 40, 59),
  }),
];
