import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'ZenML',
  family: 'ml-tooling',
  source: 'https://docs.zenml.io/ (shape from practice, not published)',
} as const;

export const zenml: readonly Detector[] = [
  token({
    ...of,
    id: 'zenml-api-key',
    title: 'ZenML API key',
    prefix: 'ZENKEY_',
    body: chars('base64url', 60, 400),
    notAfter: 'A-Za-z0-9_-',
    seen: ['ZENML_STORE_API_KEY={}'],
  }),
  token({
    ...of,
    id: 'zenml-pro-key',
    title: 'ZenML Pro key',
    prefix: 'ZENPROKEY_',
    body: chars('base64url', 60, 400),
    notAfter: 'A-Za-z0-9_-',
    seen: ['ZENML_PRO_API_KEY={}'],
  }),
];
