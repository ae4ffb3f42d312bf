import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Labelbox',
  family: 'ml-tooling',
  source: 'https://docs.labelbox.com/ (shape from practice, not published)',
} as const;

export const labelbox: readonly Detector[] = [
  keyed({
    ...of,
    id: 'labelbox-api-key',
    title: 'Labelbox API key',
    keywords: ['labelbox', 'lb_api'],
    value: seq('eyJ', chars('base64url', 10, 80), '.eyJ', chars('base64url', 20, 400), '.', chars('base64url', 20, 512)),
    notBeside: 'A-Za-z0-9_-',
    seen: ['client = labelbox.Client(api_key="{}")'],
  }),
];
