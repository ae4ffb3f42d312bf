import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Exa',
  family: 'ml-providers',
  source: 'https://docs.exa.ai/ (shape from practice, not published)',
} as const;

export const exa: readonly Detector[] = [
  keyed({
    ...of,
    id: 'exa-api-key',
    title: 'Exa API key',
    keywords: ['exa', 'exasearch', 'metaphor_api'],
    value: uuid,
    seen: ['exa = Exa("{}")', 'exa = Exa(api_key="{}")', "curl https://api.exa.ai/search -H 'x-api-key: {}'"],
    unseen: ['for example: {}', 'exa_request_id = "{}"', 'example_key = "{}"'],
  }),
];
