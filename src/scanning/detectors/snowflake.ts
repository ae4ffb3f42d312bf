import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Snowflake',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const snowflake: readonly Detector[] = [
  keyed({
    ...of,
    id: 'snowflake-access-token',
    title: 'Snowflake programmatic access token',
    keywords: ['snowflake'],
    value: chars('base64url', 100, 500),
    seen: ['snowflake.connector.connect(account="x", user="u", token="{}")', 'SNOWFLAKE_TOKEN={}'],
  }),
];
