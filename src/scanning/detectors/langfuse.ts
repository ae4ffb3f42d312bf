import type { Detector } from '../detector.ts';
import { uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Langfuse',
  family: 'ml-tooling',
  source: 'https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors',
} as const;

export const langfuse: readonly Detector[] = [
  token({
    ...of,
    id: 'langfuse-secret-key',
    title: 'Langfuse secret key',
    prefix: 'sk-lf-',
    body: uuid,
    notAfter: 'A-Za-z0-9_-',
    seen: ['langfuse = Langfuse(public_key="pk-lf-x", secret_key="{}")', 'LANGFUSE_SECRET_KEY={}'],
    unseen: ['pk-lf-0f8b6c1e-3a4d-4c5b-9e8f-2d1c0b9a8f7e'],
  }),
];
