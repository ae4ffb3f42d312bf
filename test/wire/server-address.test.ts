import { expect, test } from 'vitest';
import { startServer } from '../testing/server.ts';

test('a server on a free port names itself, and its issuer, by the port that it got', async () => {
  const server = await startServer();
  try {
    const read = async (path: string) => (await fetch(`${server.url}/v1/${path}`)).json();
    const issuer = `${server.url}/v1/identity/oidc`;
    expect(await read('identity/oidc/.well-known/openid-configuration')).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/keys`,
    });
    expect(await read('sys/leader')).toMatchObject({ leader_address: server.url });
  } finally {
    await server.stop();
  }
}, 60_000);
