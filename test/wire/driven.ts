import { type Client, drivenBy } from '../../src/api/vault/driven-by.ts';

const SUCCESS = /^watchword_requests_total\{operation="([^"]+)",outcome="success"\} /gm;

/** Names of the operations in a server's metrics. */
export function operationsIn(metrics: string): readonly string[] {
  return [...metrics.matchAll(SUCCESS)].flatMap(([, operation = '']) => (operation === 'system.initialize' ? [] : [operation]));
}

/**
 * Operations that clients had a server perform with success since it started, by its own metrics. Initialising is left out:
 * a server with a key file does that itself.
 */
export async function performed(url: string, token: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/v1/sys/metrics?format=prometheus`, { headers: { 'X-Vault-Token': token } });
  if (!answer.ok) throw new Error(`metrics: ${answer.status}`);
  return operationsIn(await answer.text());
}

/** What the coverage table says of a client and what its suite did, where the two differ. @param family only operations that begin so */
export function differences(client: Client, done: Iterable<string>, family = '') {
  const actual = new Set([...done].filter((operation) => operation.startsWith(family)));
  const claimed = Object.entries(drivenBy).flatMap(([operation, clients]) =>
    clients.includes(client) && operation.startsWith(family) ? [operation] : [],
  );
  return {
    claimedOnly: claimed.filter((operation) => !actual.has(operation)),
    unclaimed: [...actual].filter((operation) => !claimed.includes(operation)).sort(),
  };
}
