import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WatchwordError } from '../foundation/errors.ts';
import { isJsonObject } from '../foundation/exact-json.ts';
import { nodeFiles } from '../foundation/node-files.ts';
import type { Secret } from '../foundation/secret.ts';
import { checkedToken, type Environment } from './environment.ts';

/** Tokens kept by `watchword login`, each for the one server (scheme, host and port) that it was checked against. */
export interface TokenStore {
  readonly path: string;
  find(address: URL): Promise<Secret | undefined>;
  keep(address: URL, token: Secret): Promise<void>;
  /** Forgetting what is not there succeeds. */
  forget(address: URL): Promise<void>;
}

/** `$XDG_CONFIG_HOME/watchword/tokens.json`, else `~/.config/watchword/tokens.json`; a file of mode 0600. */
export function tokenStore(env: Environment, home: string): TokenStore {
  const path = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'watchword', 'tokens.json');
  const change = async (edit: (tokens: Map<string, string>) => void) => {
    const tokens = await load(path);
    edit(tokens);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await nodeFiles.replace(path, Buffer.from(`${JSON.stringify(Object.fromEntries(tokens), undefined, 2)}\n`));
  };
  return {
    path,
    async find(address) {
      const token = (await load(path)).get(address.origin);
      return token === undefined ? undefined : checkedToken(token, path);
    },
    keep: (address, token) => change((tokens) => tokens.set(address.origin, token.text)),
    forget: (address) => change((tokens) => tokens.delete(address.origin)),
  };
}

async function load(path: string): Promise<Map<string, string>> {
  const text = await readPrivate(path);
  if (text === undefined) return new Map();
  const tokens = parse(text);
  if (!isJsonObject(tokens)) {
    throw new WatchwordError('client.usage', 'The file of kept tokens is damaged; remove it and log in again.', { where: path });
  }
  return new Map(Object.entries(tokens).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws WatchwordError `client.usage` when other users may read or change the file */
async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new WatchwordError('client.usage', 'Other users can read the file of kept tokens; run `chmod 600` on it.', {
        where: path,
      });
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
