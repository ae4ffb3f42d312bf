import { execFile } from 'node:child_process';
import type { Surroundings } from './surroundings.ts';

/** A way in which a platform hands a token to its jobs. */
interface TokenSource {
  readonly name: string;
  found(env: Surroundings['env']): boolean;
  /** @param audience whom the token is for, where the platform lets the job say so */
  token(on: Surroundings, audience: string | undefined): Promise<string | undefined>;
}

const fromVariable = (name: string, variable: string): TokenSource => ({
  name: `${name} (${variable})`,
  found: (env) => Boolean(env[variable]),
  token: async ({ env }) => env[variable],
});

/** Each as the platform documents it; the first that is there counts. */
const sources: readonly TokenSource[] = [
  fromVariable('a token of your own', 'WATCHWORD_JWT'),
  {
    name: 'a token file (WATCHWORD_JWT_FILE)',
    found: (env) => Boolean(env['WATCHWORD_JWT_FILE']),
    token: ({ env, file }) => file(env['WATCHWORD_JWT_FILE'] ?? ''),
  },
  {
    // https://docs.github.com/actions: the job needs `permissions: id-token: write`.
    name: 'GitHub Actions (ACTIONS_ID_TOKEN_REQUEST_URL)',
    found: (env) => Boolean(env['ACTIONS_ID_TOKEN_REQUEST_URL'] && env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    async token({ env, ask }, audience) {
      const url = new URL(env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
      if (audience !== undefined) url.searchParams.set('audience', audience);
      const headers = { Authorization: `Bearer ${env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` };
      return memberOf(await ask({ url: url.href, headers, timeoutMs: 10_000 }), 'value');
    },
  },
  {
    name: 'Buildkite (buildkite-agent)',
    found: (env) => Boolean(env['BUILDKITE_JOB_ID']),
    token: (_on, audience) =>
      output('buildkite-agent', ['oidc', 'request-token', ...(audience === undefined ? [] : ['--audience', audience])]),
  },
  // GitLab has no token unless the job asks for one under a name of its own: ours is this.
  fromVariable('GitLab (id_tokens)', 'WATCHWORD_ID_TOKEN'),
  fromVariable('CircleCI', 'CIRCLE_OIDC_TOKEN_V2'),
  fromVariable('CircleCI', 'CIRCLE_OIDC_TOKEN'),
  fromVariable('Terraform Cloud', 'TFC_WORKLOAD_IDENTITY_TOKEN_WATCHWORD'),
  fromVariable('Terraform Cloud', 'TFC_WORKLOAD_IDENTITY_TOKEN'),
  {
    name: 'Azure workload identity (AZURE_FEDERATED_TOKEN_FILE)',
    found: (env) => Boolean(env['AZURE_FEDERATED_TOKEN_FILE']),
    token: ({ env, file }) => file(env['AZURE_FEDERATED_TOKEN_FILE'] ?? ''),
  },
];

/** Which platform hands out tokens here, in words for people. */
export async function platformTokenFound({ env }: Surroundings): Promise<string | undefined> {
  const source = sources.find(({ found }) => found(env));
  return source === undefined ? undefined : `a token of ${source.name}`;
}

/** The token of the platform that this runs on. */
export async function platformToken(on: Surroundings, audience: string | undefined): Promise<string | undefined> {
  const source = sources.find(({ found }) => found(on.env));
  return (await source?.token(on, audience))?.trim();
}

/** A member of the JSON object that a service answered with; undefined for anything else. */
export function memberOf(text: string | undefined, name: string): string | undefined {
  try {
    const value: unknown = (JSON.parse(text ?? '') as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function output(program: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: 10_000, maxBuffer: 65_536 }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
