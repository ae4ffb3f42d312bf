import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { type FakeOpenai, startFakeOpenai } from '../testing/fake-openai.ts';
import { type FakeOpenrouter, startFakeOpenrouter } from '../testing/fake-openrouter.ts';
import { type FederatedProvider, startFederatedProvider } from '../testing/federated-provider.ts';
import { type IssuerServer, startIssuer } from '../testing/issuer.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { atTheShell, type Person } from './command-line.ts';

const AUDIENCE = 'https://models.test';

describe('a job that calls models', () => {
  let server: RunningServer;
  let platform: IssuerServer;
  let provider: FederatedProvider;
  let openai: FakeOpenai;
  let openrouter: FakeOpenrouter;
  let operator: Person;
  let job: Person;
  const trust = { issuer: '', audience: AUDIENCE, subject: 'nobody', keySet: async (): Promise<JSONWebKeySet> => ({ keys: [] }) };

  async function operate(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await operator.run(words);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout.trim();
  }

  async function keySet(): Promise<JSONWebKeySet> {
    const url = `${trust.issuer}/.well-known/keys`;
    const request = { url, method: 'GET', allowPlain: true, allowPrivate: true, maxBytes: 65_536, timeoutMs: 5000 } as const;
    return JSON.parse((await nodeNetwork.request(request)).body.toString('utf8'));
  }

  beforeAll(async () => {
    [server, platform, openai, openrouter] = await Promise.all([
      startServer(),
      startIssuer(),
      startFakeOpenai(),
      startFakeOpenrouter(),
    ]);
    provider = await startFederatedProvider(trust);
    operator = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: await server.rootToken() });
    for (const [name, text] of [
      ['provider.pem', provider.ca],
      ['openai.pem', openai.server.ca],
      ['openrouter.pem', openrouter.server.ca],
      ['admin-key', `${openai.adminKey}\n`],
      ['management-key', `${openrouter.managementKey}\n`],
      ['policy', 'path "+/creds/*" { capabilities = ["read"] }'],
    ] as const) {
      await writeFile(join(operator.home, name), text);
    }
    await operate('policy', 'write', 'models', '@policy');
    await operate('write', 'sys/auth/jwt', 'type=jwt');
    await operate('write', 'auth/jwt/config', `oidc_discovery_url=${platform.url}`, 'internal=true');
    const bound = ['role_type=jwt', 'user_claim=sub', 'bound_audiences=watchword', 'bound_subject=job:train'];
    await operate('write', 'auth/jwt/role/train', ...bound, 'token_policies=models', 'token_ttl=1h');
    await operate('write', 'identity/oidc/config', `issuer=${server.url}`);
    await operate('write', 'identity/oidc/key/models', 'algorithm=RS256', 'allowed_client_ids=*');
    await operate(
      ...['write', 'identity/oidc/role/models', 'key=models', 'subject=workload', 'ttl=1h'],
      ...['client_id=watchword', `audiences=${AUDIENCE}`],
    );
    trust.issuer = await operate('read', '-field=effective_issuer', 'identity/oidc/config');
    trust.keySet = keySet;
    const jwt = await platform.sign({ sub: 'job:train', aud: 'watchword' });
    const token = await operate('write', '-field=token', 'auth/jwt/login', 'role=train', `jwt=${jwt}`);
    job = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: token });
  }, 60_000);

  afterAll(async () => {
    await Promise.all([job, operator].map((person) => person?.[Symbol.asyncDispose]()));
    expect(await server?.stop()).toBe(0);
    await Promise.all([provider?.stop(), platform?.close(), openai?.server.stop(), openrouter?.server.stop()]);
  });

  it('has a token of a server that believes ours, once that trusts it; the refusal before says whom', async () => {
    await operate('write', 'sys/mounts/federate', 'type=federate');
    const endpoint = [`token_url=${provider.tokenUrl}`, 'grant=token-exchange', `client_id=${provider.clientId}`];
    await operate(
      ...['write', 'federate/config/connection', 'oidc_role=models', `audience=${AUDIENCE}`, ...endpoint],
      ...['tls_ca=@provider.pem', 'internal=true', 'parameters={"resource": "models"}'],
    );
    await operate('write', 'federate/roles/reader', 'scope=models.read', 'default_ttl=10m');
    const refused = await job.run(['read', 'federate/creds/reader']);
    expect(refused.code).not.toBe(0);
    trust.subject = /sub=(\S+)/.exec(refused.stderr)?.[1] ?? '';
    expect(trust.subject).toMatch(/job:train$/);
    const { code, stdout, stderr } = await job.run(['read', '-format=json', 'federate/creds/reader']);
    expect(code === 0 ? '' : stderr).toBe('');
    const { data, lease_id: lease, lease_duration: seconds } = JSON.parse(stdout);
    expect(data).toMatchObject({ token_type: 'Bearer', scope: 'models.read' });
    expect(seconds).toBeGreaterThan(590);
    expect(await provider.introspect(data.access_token)).toMatchObject({ active: true, scope: 'models.read' });
    expect(Object.keys(data).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    // As every JWT begins: what was shown is neither given nor logged.
    expect(stdout + server.output()).not.toContain('eyJ');
    expect(provider.shown.at(-1)).toMatchObject({ iss: trust.issuer, sub: trust.subject, aud: AUDIENCE });
    expect(lease).toMatch(/^federate\/creds\/reader\//);
    // The root token is nobody's.
    expect((await operator.run(['read', 'federate/creds/reader'])).code).not.toBe(0);
  });

  it('has keys of its own, which are gone with its session', async () => {
    await operate('write', 'sys/mounts/openai', 'type=openai');
    await operate('write', 'sys/mounts/openrouter', 'type=openrouter');
    await operate(
      ...['write', 'openai/config/connection', 'admin_key=@admin-key', `project_id=${openai.project}`],
      ...[`api_url=${openai.server.origin}/v1`, 'tls_ca=@openai.pem', 'internal=true'],
    );
    await operate(
      ...['write', 'openrouter/config/connection', 'management_key=@management-key'],
      ...[`api_url=${openrouter.server.origin}/api/v1`, 'tls_ca=@openrouter.pem', 'internal=true'],
    );
    await operate('write', 'openai/roles/serve', 'scopes=api.model.request', 'default_ttl=1h');
    await operate('write', 'openrouter/roles/serve', 'limit=5', 'limit_reset=daily', 'default_ttl=1h');
    expect(await operate('read', 'openai/config/connection')).not.toContain(openai.adminKey);
    const keys = await Promise.all(
      ['openai', 'openrouter'].map(async (mount) => (await job.run(['read', '-field=api_key', `${mount}/creds/serve`])).stdout),
    );
    expect(keys.every((key) => key.trim().length > 20)).toBe(true);
    expect([openai.accounts.size, openrouter.keys.size]).toEqual([1, 1]);
    expect((await job.run(['token', 'revoke', '-self'])).code).toBe(0);
    await expect.poll(() => openai.accounts.size + openrouter.keys.size, { timeout: 20_000 }).toBe(0);
    for (const secret of [...keys, openai.adminKey, openrouter.managementKey])
      expect(server.output()).not.toContain(secret.trim());
  });
});
