import type { Check, Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'NVIDIA',
  family: 'ml-providers',
  source: 'https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors',
} as const;

const ngcKey = sampled(chars('base62', 84), (make) =>
  Buffer.from(`${make.chars('base36', 26)}:${make.uuid()}`).toString('base64'),
);

function checkNgc(value: string): Check {
  const ok = /^[a-z0-9]{26}:[a-f0-9-]{36}$/i.test(Buffer.from(value, 'base64').toString('latin1'));
  return { ok, reason: ok ? 'decodes to an id and a UUID' : 'does not decode to an id and a UUID' };
}

export const nvidia: readonly Detector[] = [
  token({
    ...of,
    id: 'nvidia-api-key',
    title: 'NVIDIA NIM or NGC key',
    prefix: 'nvapi-',
    body: chars('base64url', 60, 70),
    notAfter: 'A-Za-z0-9_-',
    seen: ['ChatNVIDIA(model="meta/llama3-70b-instruct", nvidia_api_key="{}")', "docker login nvcr.io -u '$oauthtoken' -p {}"],
  }),
  keyed({
    ...of,
    id: 'nvidia-ngc-legacy-key',
    title: 'NVIDIA NGC key (legacy)',
    keywords: ['ngc', 'nvcr', 'nvidia'],
    value: ngcKey,
    check: checkNgc,
    source: 'https://docs.nvidia.com/ngc/ (shape from practice, not published)',
    seen: ['NGC_API_KEY={}', "docker login nvcr.io --username '$oauthtoken' --password {}"],
  }),
];
