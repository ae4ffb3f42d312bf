import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRabbitmq } from '../../testing/rabbitmq.ts';
import { type CrashTarget, OURS } from './target.ts';

const MOST_TRIES = 10;

export async function startRabbitmqTarget(): Promise<CrashTarget> {
  const server = await startRabbitmq();
  const port = Number(new URL(server.url).port);
  // Not the one that the truth is asked with: its password is changed.
  const admin = { username: 'vault', password: server.admin.password };
  await server.ask('PUT', `users/${admin.username}`, { password: admin.password, tags: 'administrator' });
  return {
    engine: 'rabbitmq',
    mount: 'rabbitmq',
    port,
    dial: () => connect(port, '127.0.0.1'),
    words: {
      create: /^PUT \/api\/users\/ww_/m,
      commit: /^PUT \/api\/permissions/m,
      revoke: /^DELETE \/api\/users\/ww_/m,
      password: /^PUT \/api\/users\/vault/m,
    },
    connection: (proxied) => ({ connection_uri: `http://127.0.0.1:${proxied}`, ...admin }),
    role: { vhosts: '{"/": {"configure": "^job\\\\.", "write": "^job\\\\.", "read": "^job\\\\."}}', tags: 'management' },
    staticAccount: undefined,
    async accounts() {
      // Under load the broker now and then fails at a list.
      for (let tries = 1; ; tries += 1) {
        const { status, body } = await server.ask('GET', 'users');
        if (status === 200 && Array.isArray(body)) {
          return (body as readonly { readonly name: string }[]).map(({ name }) => name).filter((name) => name.startsWith(OURS));
        }
        if (tries === MOST_TRIES) throw new Error(`the broker answered ${status} and no list to who its users are`);
        await sleep(100);
      }
    },
    async logsIn(username, password) {
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      const { status } = await fetch(`${server.url}/api/whoami`, { headers: { authorization } });
      if (status !== 200 && status !== 401) throw new Error(`the broker answered ${status}`);
      return status === 200;
    },
    stop: () => server.stop(),
  };
}
