import { systemRandom } from '../../../src/foundation/node-ports.ts';
import { silentLogger } from '../../../src/foundation/ports.ts';
import { TokenIssuer } from '../../../src/identity/token-issuer.ts';
import { Tokens } from '../../../src/identity/tokens.ts';
import { checkedConfiguration } from '../../../src/server/configuration.ts';
import { openFoundations, realMachine } from '../../../src/server/foundations.ts';

const BATCH = 2000;
const PROGRESS_EVERY = 20_000;
const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };

/**
 * Makes that many tokens in the store of a server that is not running, as logins would have left them.
 * Gives how long it took, in seconds.
 */
export async function fillTokens(dataDirectory: string, count: number): Promise<number> {
  const began = performance.now();
  const { storage, keyring, audit } = await openFoundations(
    checkedConfiguration({ dataDir: dataDirectory }),
    silentLogger,
    realMachine,
  );
  try {
    await keyring.unsealUnattended();
    const issuer = new TokenIssuer(new Tokens({ storage, keyring }), systemRandom);
    for (let made = 0; made < count; made += BATCH) {
      await storage.write(async (tx) => {
        for (let i = made; i < Math.min(count, made + BATCH); i++) {
          await issuer.issue(tx, {
            now: Date.now(),
            path: 'auth/jwt/login',
            displayName: 'jwt-job',
            policies: ['bench', 'default'],
            config,
            ttl: 86_400,
            login: { method: 'jwt', subject: `job-${i % 300}`, mountId: 'bench', collection: 'role', name: 'bench' },
          });
        }
      });
      if (made % PROGRESS_EVERY === 0 && process.stderr.isTTY) process.stderr.write(`\r${made} of ${count} tokens `);
    }
  } finally {
    await audit.close();
    keyring.seal();
    await storage.close();
  }
  return (performance.now() - began) / 1000;
}
