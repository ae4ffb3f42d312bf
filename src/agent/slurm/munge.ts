import { isIP } from 'node:net';
import { WatchwordError } from '../../foundation/errors.ts';
import type { RunProgram } from './programs.ts';

/** What a MUNGE credential proves: which user of which host of the cluster made it, and what he put in. */
export interface Munged {
  readonly uid: number;
  readonly gid: number;
  /** IP address of the host that made it. */
  readonly host: string;
  readonly payload: string;
}

const MAX_CREDENTIAL = 16_384;

/** Which munged is asked; without a socket, the host's own. */
export interface MungeAccess {
  readonly run: RunProgram;
  readonly mungeSocket: string | undefined;
}

/** A credential for this text, made by munged for the user that runs this. */
export async function munge({ run, mungeSocket }: MungeAccess, text: string): Promise<string> {
  return (await run('munge', socketWords(mungeSocket), text)).trim();
}

/**
 * Opens a credential, once: a second time munged says that it was replayed.
 * @throws WatchwordError `client.usage`; its message holds nothing of the credential
 */
export async function unmunge({ run, mungeSocket }: MungeAccess, credential: string): Promise<Munged> {
  if (credential.length > MAX_CREDENTIAL || !/^MUNGE:[A-Za-z0-9+/=]+:$/.test(credential)) refuse();
  const printed = await run('unmunge', ['--numeric', ...socketWords(mungeSocket)], credential).catch(refuse);
  const blank = printed.indexOf('\n\n');
  const head = blank < 0 ? printed : printed.slice(0, blank);
  const fields = new Map<string, string>();
  for (const line of head.split('\n')) {
    const [, name = '', value = ''] = /^([A-Z_]+):\s+(.*)$/.exec(line) ?? [];
    if (fields.has(name)) refuse();
    if (name !== '') fields.set(name, value);
  }
  const [uid, gid] = [numberIn(fields.get('UID')), numberIn(fields.get('GID'))];
  const host = fields.get('ENCODE_HOST');
  if (fields.get('STATUS') !== '0' || uid === undefined || gid === undefined || host === undefined || isIP(host) === 0) refuse();
  return { uid, gid, host, payload: blank < 0 ? '' : printed.slice(blank + 2) };
}

function socketWords(socket: string | undefined): string[] {
  return socket === undefined ? [] : [`--socket=${socket}`];
}

/** `--numeric` prints numbers and addresses alone, without names. */
function numberIn(text = ''): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function refuse(): never {
  throw new WatchwordError(
    'client.usage',
    'The MUNGE credential does not open here: it is too old, was used already, or is of another cluster.',
  );
}
