import type { VaultClient } from '../../testing/vault-client.ts';
import { expectStatus } from '../ledger.ts';

/** Whether a token is good, by using it. Too many invalid ones in a row are answered by the limiter, which valid ones never meet. */
export async function isAccepted(client: VaultClient, token: string): Promise<boolean> {
  const answer = await client.send('GET', 'auth/token/lookup-self', { token });
  return expectStatus(answer, 200, 403, 429).status === 200;
}
