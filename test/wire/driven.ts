import { type Client, drivenBy } from '../../src/api/vault/driven-by.ts';

const SUCCESS = /^watchword_requests_total\{operation="([^"]+)",outcome="success"\} /gm;

/** Operations that a server has performed with success since it started, by its own metrics. */
export async function performed(url: string, token: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/v1/sys/metrics?format=prometheus`, { headers: { 'X-Vault-Token': token } });
  if (!answer.ok) throw new Error(`metrics: ${answer.status}`);
  return [...(await answer.text()).matchAll(SUCCESS)].flatMap(([, operation]) => operation ?? []);
}

/** What the coverage table says of a client and what its suite did, where the two differ. */
export function differences(client: Client, done: Iterable<string>) {
  const actual = new Set(done);
  const claimed = Object.entries(drivenBy).flatMap(([operation, clients]) => (clients.includes(client) ? [operation] : []));
  return {
    claimedOnly: claimed.filter((operation) => !actual.has(operation)),
    unclaimed: [...actual].filter((operation) => !claimed.includes(operation)).sort(),
  };
}
