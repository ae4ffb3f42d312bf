import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Chef Automate', family: 'infrastructure', source: 'https://docs.chef.io/automate/api_tokens/' } as const;

export const chef: readonly Detector[] = [
  keyed({
    ...of,
    id: 'chef-api-token',
    title: 'Chef Automate API token',
    keywords: ['chef_automate', 'automate_token'],
    value: seq(chars('base64url', 27), '='),
  }),
];
