import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'ClearML',
  family: 'ml-tooling',
  source: 'https://clear.ml/docs/ (shape from practice, not published)',
} as const;

export const clearml: readonly Detector[] = [
  keyed({
    ...of,
    id: 'clearml-secret-key',
    title: 'ClearML secret key',
    keywords: ['clearml', 'clear.ml', 'trains_api'],
    value: chars('base62', 48, 52),
    seen: [
      '# clearml.conf\napi {\n  api_server: https://api.clear.ml\n  "secret_key" = "{}"\n}',
      'CLEARML_API_SECRET_KEY={}',
      'clearml.Task.set_credentials(api_host=host, key="X", secret="{}")',
    ],
    unseen: ['clearml_task_id = "{}"'],
  }),
];
