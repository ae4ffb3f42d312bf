import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type VaultAnswer, VaultClient } from '../testing/vault-client.ts';

const MANY = 50;

let server: RunningServer;
let root: VaultClient;
beforeAll(async () => {
  server = await startServer();
  root = new VaultClient(server.url, await server.rootToken());
});
afterAll(async () => {
  root.close();
  await server.stop();
});

/** The same request as often at once, each on a connection of its own. */
const atOnce = (send: (index: number) => Promise<VaultAnswer>): Promise<VaultAnswer[]> =>
  Promise.all(Array.from({ length: MANY }, (_, index) => send(index)));
const succeeded = (answers: readonly VaultAnswer[]): VaultAnswer[] => answers.filter(({ status }) => status < 300);
const put = (path: string, data: object, options = {}) => root.send('POST', `secret/data/${path}`, { body: { data, options } });

async function createToken(settings: object): Promise<string> {
  const answer = await root.send('POST', 'auth/token/create', { body: settings });
  return answer.json.auth.client_token;
}

describe(`of ${MANY} at the same time`, () => {
  test('exactly one unwraps', async () => {
    await put('wrapped', { once: 'only' });
    for (const own of [false, true]) {
      const wrapped = await root.send('GET', 'secret/data/wrapped', { headers: { 'X-Vault-Wrap-TTL': '60s' } });
      const { token } = wrapped.json.wrap_info as { token: string };
      const answers = await atOnce(() =>
        own ? root.send('POST', 'sys/wrapping/unwrap', { token }) : root.send('POST', 'sys/wrapping/unwrap', { body: { token } }),
      );
      expect(succeeded(answers).map(({ json }) => json.data.data)).toEqual([{ once: 'only' }]);
      expect(answers.every(({ status }) => [200, 400, 403, 429].includes(status))).toBe(true);
    }
  });

  test.for([1, 3])('exactly as many are served as a token has uses: %i', async (uses) => {
    const token = await createToken({ policies: ['default'], num_uses: uses });
    const answers = await atOnce(() => root.send('GET', 'auth/token/lookup-self', { token }));
    expect(succeeded(answers)).toHaveLength(uses);
    expect(answers.every(({ status }) => [200, 403, 429].includes(status))).toBe(true);
  });

  test('exactly one wins with check-and-set, and its value stands', async () => {
    for (const cas of [0, 1]) {
      const answers = await atOnce((index) => put('contested', { index }, { cas }));
      const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
      expect(winners).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(MANY - 1);
      const now = await root.send('GET', 'secret/data/contested');
      expect(now.json.data).toMatchObject({ data: { index: winners[0] }, metadata: { version: cas + 1 } });
    }
  });

  test('none uses a token after its revocation was acknowledged', async () => {
    const token = await createToken({ policies: ['default'] });
    let acknowledged = false;
    const late: VaultAnswer[] = [];
    const use = async () => {
      for (let i = 0; i < 20; i++) {
        const begun = acknowledged;
        const answer = await root.send('GET', 'auth/token/lookup-self', { token });
        if (begun) late.push(answer);
        if (answer.status !== 200) return;
      }
    };
    const revoke = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await root.send('POST', 'auth/token/revoke', { body: { token } })).status).toBe(204);
      acknowledged = true;
    };
    await Promise.all([revoke(), ...Array.from({ length: MANY }, use)]);
    expect(succeeded(late)).toEqual([]);
    expect((await root.send('GET', 'auth/token/lookup-self', { token })).status).not.toBe(200);
  });

  test('none of the children of a token outlives its revocation, nor is one born after it', async () => {
    const policy = 'path "auth/token/create" { capabilities = ["update"] }';
    await root.send('PUT', 'sys/policies/acl/parent', { body: { policy } });
    const parent = await createToken({ policies: ['parent'] });
    const births = atOnce(() => root.send('POST', 'auth/token/create', { token: parent, body: {} }));
    const revoked = await root.send('POST', 'auth/token/revoke', { body: { token: parent } });
    expect(revoked.status).toBe(204);
    for (const { json } of succeeded(await births)) {
      const looked = await root.send('POST', 'auth/token/lookup', { body: { token: json.auth.client_token } });
      expect(looked.status).not.toBe(200);
    }
  });
});
