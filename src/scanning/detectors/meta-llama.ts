import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Meta Llama API',
  family: 'ml-providers',
  source: 'https://github.com/Samsung/CredSweeper (sample of the form)',
} as const;

export const metaLlama: readonly Detector[] = [
  token({
    ...of,
    id: 'meta-llama-api-key',
    title: 'Meta Llama API key',
    prefix: 'LLM|',
    body: seq(chars('digits', 12, 20), '|', chars('base64url', 20, 40)),
    search: 'anywhere',
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = LlamaAPIClient(api_key="{}")'],
    unseen: ['LLM|VLM|other', '|LLM|1234|x|'],
  }),
];
