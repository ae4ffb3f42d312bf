import { kvData, kvPath, locateKv } from '../../client/kv.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { FingerprintKey } from '../../foundation/fingerprint.ts';
import { fingerprintKeyOf } from '../../scanning/fingerprints.ts';
import { clientFor } from '../options.ts';
import type { Terminal } from '../terminal.ts';

const FIELD = 'key';

/**
 * The team's fingerprint key from the store, read with the server and the token that the environment or `login` gives.
 * @throws WatchwordError `client.usage` when the secret holds no key of at least 32 bytes in its field `key`
 */
export async function storedTeamKey(path: string, terminal: Terminal): Promise<FingerprintKey> {
  const client = await clientFor(terminal, {});
  const location = await locateKv(client, path);
  const answer = await client.read(kvPath(location, 'data'));
  const text = answer === undefined ? undefined : kvData(location, answer)?.[FIELD];
  if (typeof text !== 'string') {
    throw new WatchwordError(
      'client.usage',
      `The secret has no field \`${FIELD}\`; put one there: openssl rand -hex 32 | watchword kv put ${path} ${FIELD}=-`,
      { where: path },
    );
  }
  return fingerprintKeyOf(Buffer.from(text), path);
}
