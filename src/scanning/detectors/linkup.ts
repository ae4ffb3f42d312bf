import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Linkup',
  family: 'ml-providers',
  source: 'https://docs.linkup.so/ (shape from practice, not published)',
} as const;

export const linkup: readonly Detector[] = [
  keyed({
    ...of,
    id: 'linkup-api-key',
    title: 'Linkup API key',
    keywords: ['linkup'],
    value: uuid,
    seen: ['client = LinkupClient(api_key="{}")'],
  }),
];
