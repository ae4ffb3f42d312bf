import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Label Studio', family: 'ml-tooling', source: 'https://labelstud.io/guide/access_tokens' } as const;

export const labelStudio: readonly Detector[] = [
  keyed({
    ...of,
    id: 'label-studio-token',
    title: 'Label Studio access token',
    keywords: ['label_studio', 'labelstudio'],
    value: chars('hex', 40),
    seen: ['ls = Client(url=LABEL_STUDIO_URL, api_key="{}")', 'LABEL_STUDIO_USER_TOKEN={}'],
  }),
];
