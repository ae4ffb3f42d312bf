import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'LangSmith',
  family: 'ml-tooling',
  source: 'https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors',
} as const;

export const langsmith: readonly Detector[] = [
  token({
    ...of,
    id: 'langsmith-personal-token',
    title: 'LangSmith personal access token',
    prefix: 'lsv2_pt_',
    body: seq(chars('hex', 32), '_', chars('hex', 10)),
    seen: ['os.environ["LANGCHAIN_API_KEY"] = "{}"'],
  }),
  token({
    ...of,
    id: 'langsmith-service-key',
    title: 'LangSmith service key',
    prefix: 'lsv2_sk_',
    body: seq(chars('hex', 32), '_', chars('hex', 10)),
    seen: ['os.environ["LANGCHAIN_API_KEY"] = "{}"'],
  }),
  token({
    ...of,
    id: 'langsmith-legacy-key',
    title: 'LangSmith key (legacy)',
    prefix: 'ls__',
    body: chars('hex', 32),
    source: 'https://docs.smith.langchain.com/ (shape from practice, not published)',
    seen: ['LANGCHAIN_API_KEY={}'],
  }),
];
