import { readFile } from 'node:fs/promises';
import { systemRandom } from '../../src/foundation/node-ports.ts';
import { type Clock, type Files, silentLogger } from '../../src/foundation/ports.ts';
import { checkedConfiguration } from '../../src/server/configuration.ts';
import { openInstance } from '../../src/server/instance.ts';
import { listen } from '../../src/server/serving.ts';
import { VaultClient } from '../testing/vault-client.ts';

export interface ServingHere {
  /** With the root token. */
  readonly client: VaultClient;
  close(): Promise<void>;
}

/** A whole server in this process, over HTTP as always, whose log and key lie on the given disk. */
export async function serveHere(dataDirectory: string, files: Files, clock: Clock): Promise<ServingHere> {
  const configuration = checkedConfiguration({ dataDir: dataDirectory, port: 0 });
  const instance = await openInstance(configuration, silentLogger, { clock, random: systemRandom, files });
  await instance.begin();
  const serving = await listen(instance, configuration, silentLogger);
  const client = new VaultClient(serving.url, (await readFile(instance.directory.rootToken, 'utf8')).trim());
  return {
    client,
    async close() {
      client.close();
      await serving.close();
      await instance.close();
    },
  };
}
