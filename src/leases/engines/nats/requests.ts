import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Random } from '../../../foundation/ports.ts';
import { type TargetCall, TargetError } from '../engine.ts';
import type { NatsAddress, Pusher } from './connection.ts';
import { type Frame, FrameReader } from './frames.ts';

/** Asks the servers. @throws TargetError */
export type Ask = (subject: string, payload: string) => Promise<Buffer>;

interface Wire {
  readonly socket: Socket;
  readonly reader: FrameReader;
}

/** Works with one connection of its own, as the user of the system account; when the time is over it is cut. */
export async function withRequests<Result>(
  { address, jwt, user }: Pick<Pusher, 'address' | 'jwt' | 'user'>,
  { signal, random }: TargetCall & { readonly random: Random },
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
  const opened: Socket[] = [];
  const cut = () => {
    for (const socket of opened) socket.destroy();
  };
  signal.addEventListener('abort', cut, { once: true });
  try {
    const wire = await connected(address, opened, (nonce) => ({ jwt, sig: user.sign(Buffer.from(nonce)).toString('base64url') }));
    const inbox = `_INBOX.${random.bytes(16).toString('hex')}`;
    let asked = 0;
    return await work(async (subject, payload) => {
      asked += 1;
      return await exchange(wire, { subject, payload, inbox: `${inbox}.${asked}`, id: asked });
    });
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
}

type Proof = (nonce: string) => Readonly<Record<string, string>>;

async function connected(address: NatsAddress, opened: Socket[], proof: Proof): Promise<Wire> {
  try {
    const plain = wireOf(connect({ host: address.host, port: address.port }), opened);
    const first = await plain.reader.next();
    const info = first.verb === 'INFO' ? JSON.parse(first.words) : {};
    const offered = info.tls_required === true || info.tls_available === true;
    if (address.tls && !offered) throw new TargetError('refused', 'the server speaks no TLS');
    const wire = address.tls || info.tls_required === true ? encrypted(plain, address, opened) : plain;
    const options = {
      verbose: false,
      pedantic: false,
      lang: 'node',
      version: '1',
      protocol: 1,
      headers: true,
      no_responders: true,
    };
    wire.socket.write(`CONNECT ${JSON.stringify({ ...options, ...proof(String(info.nonce ?? '')) })}\r\nPING\r\n`);
    await nextOf(wire, 'PONG');
    return wire;
  } catch (error) {
    throw toTargetError(error, false);
  }
}

function wireOf(socket: Socket, opened: Socket[]): Wire {
  opened.push(socket);
  return { socket, reader: new FrameReader(socket) };
}

function encrypted({ socket, reader }: Wire, { host, ca }: NatsAddress, opened: Socket[]): Wire {
  reader.detach();
  const name = isIP(host) === 0 ? { servername: host } : {};
  return wireOf(connectTls({ socket, host, rejectUnauthorized: true, ...name, ...(ca === '' ? {} : { ca }) }), opened);
}

interface Request {
  readonly subject: string;
  readonly payload: string;
  readonly inbox: string;
  readonly id: number;
}

async function exchange(wire: Wire, { subject, payload, inbox, id }: Request): Promise<Buffer> {
  try {
    const size = Buffer.byteLength(payload);
    wire.socket.write(`SUB ${inbox} ${id}\r\nPUB ${subject} ${inbox} ${size}\r\n${payload}\r\n`);
    for (;;) {
      const { verb, words, payload: answer } = await nextOf(wire, 'MSG', 'HMSG');
      if (words.split(/\s+/)[1] !== String(id)) continue;
      wire.socket.write(`UNSUB ${id}\r\n`);
      // Headers come without a body where nobody listens.
      if (verb === 'HMSG')
        throw new TargetError('refused', `no server answers ${subject}: it needs a user of the system account`);
      return answer;
    }
  } catch (error) {
    throw toTargetError(error, true);
  }
}

async function nextOf({ socket, reader }: Wire, ...verbs: readonly string[]): Promise<Frame> {
  for (;;) {
    const frame = await reader.next();
    if (frame.verb === 'PING') socket.write('PONG\r\n');
    if (frame.verb === '-ERR') throw saidNo(frame.words.replace(/^'|'$/g, ''));
    if (verbs.includes(frame.verb)) return frame;
  }
}

const saidNo = (words: string) =>
  new TargetError(
    /maximum .*connections|slow consumer|stale connection/i.test(words) ? 'throttled' : 'refused',
    words.slice(0, 200),
  );

/** @param sent whether the server may have begun */
function toTargetError(error: unknown, sent: boolean): TargetError {
  if (error instanceof TargetError) return error;
  const message =
    error instanceof Error && !(error instanceof SyntaxError) ? error.message : 'the server speaks another protocol';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!sent && /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|certificate/.test(`${code} ${message}`)) {
    return new TargetError('refused', `the server's certificate is not accepted: ${message}`);
  }
  const told = message === '' ? code : code === '' ? message : `${message} (${code})`;
  return new TargetError(sent ? 'unknown-outcome' : 'unreachable', told);
}
