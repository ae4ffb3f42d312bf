import { describe, expect, inject, test } from 'vitest';
import { setUpEngine } from '../crash/leases/engine-setup.ts';
import { crashTargets } from '../crash/leases/targets.ts';
import { startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

const CHANGES = 25;
const ISSUED = 25;
const WORKERS = 4;
const TIMES = { default_ttl: '60s', max_ttl: '600s' };

describe('changing the password of the configured account, again and again', () => {
  for (const [engine, start] of Object.entries(crashTargets(inject('services')))) {
    test.skipIf(start === undefined)(
      `at a real ${engine}: nobody who asks meanwhile is refused`,
      { concurrent: true, timeout: 120_000 },
      async () => {
        if (start === undefined) return;
        const target = await start();
        const server = await startServer();
        const client = new VaultClient(server.url, await server.rootToken());
        try {
          const { mount, port } = target;
          await setUpEngine(client, target, { at: mount, port, roles: ['train'], times: TIMES });
          const refusals: string[] = [];
          const ask = async (path: string, body: object = {}) => {
            const answer = await client.send('POST', path, { body });
            if (answer.status >= 300) refusals.push(`${path}: ${answer.status} ${answer.text}`);
            return answer;
          };
          let [changing, issued] = [true, 0];
          const work = async () => {
            while (changing) {
              const { json } = await ask(`${mount}/creds/train`);
              await ask('sys/leases/renew', { lease_id: json?.lease_id });
              await ask('sys/leases/revoke', { lease_id: json?.lease_id, sync: true });
              issued += 1;
            }
          };
          const workers = Array.from({ length: WORKERS }, work);
          // Connections that are closed make everybody log in anew.
          for (let change = 0; change < CHANGES || issued < ISSUED; change++) {
            if (change % 5 === 4 && mount === 'database') await ask('database/reset/db');
            await ask(mount === 'database' ? 'database/rotate-root/db' : 'rabbitmq/config/rotate-root');
          }
          changing = false;
          await Promise.all(workers);
          expect(refusals).toEqual([]);
          expect(await target.accounts()).toEqual([]);
        } finally {
          client.close();
          await server.stop();
          await target.stop();
        }
      },
    );
  }
});
