import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Databricks',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const databricks: readonly Detector[] = [
  token({
    ...of,
    id: 'databricks-personal-access-token',
    title: 'Databricks personal access token',
    prefix: 'dapi',
    body: seq(chars('hex', 32), optional(seq('-', chars('digits', 1)))),
    seen: ['[DEFAULT]\nhost = https://adb-1.azuredatabricks.net\ntoken = {}\n', 'DATABRICKS_TOKEN={}'],
  }),
  token({
    ...of,
    id: 'databricks-oauth-secret',
    title: 'Databricks OAuth secret',
    prefix: 'dose',
    body: chars('hex', 32),
    source: 'https://docs.databricks.com/dev-tools/auth/oauth-m2m (shape from practice, not published)',
    seen: ['client_secret = {}'],
  }),
  token({
    ...of,
    id: 'databricks-deployment-token',
    title: 'Databricks account token',
    prefix: 'dkea',
    body: seq(chars('hex', 32), optional(seq('-', chars('digits', 1)))),
    confidence: 'medium',
    source: 'https://docs.databricks.com/ (shape from practice, not published)',
    seen: ['DATABRICKS_TOKEN={}'],
  }),
];
