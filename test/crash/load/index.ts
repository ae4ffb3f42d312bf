import { Contested } from './contested.ts';
import { CountedTokens } from './counted-tokens.ts';
import type { Load } from './load.ts';
import { Mounts } from './mounts.ts';
import { Policies } from './policies.ts';
import { Secrets } from './secrets.ts';
import { Tokens } from './tokens.ts';
import { Wraps } from './wraps.ts';

/** Each sort of load once, and the mixture of it as the chances in which a worker takes them. */
export function mixedLoad(): { readonly loads: readonly Load[]; readonly mixture: readonly Load[] } {
  const [secrets, ...others] = [
    new Secrets(),
    new Contested(),
    new Tokens(),
    new CountedTokens(),
    new Policies(),
    new Mounts(),
    new Wraps(),
  ] as const;
  return { loads: [secrets, ...others], mixture: [secrets, secrets, secrets, secrets, ...others] };
}
