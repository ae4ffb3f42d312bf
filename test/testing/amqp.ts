import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const METHOD = 1;
const FRAME_END = 0xce;
const ANSWER_MS = 5000;

const short = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const long = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const shortText = (text: string) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
const longBytes = (bytes: Buffer) => Buffer.concat([long(bytes.length), bytes]);
const NOTHING = long(0);

/** So that a wrong password is answered at once. */
const properties = longBytes(
  Buffer.concat([
    shortText('capabilities'),
    Buffer.from('F'),
    longBytes(Buffer.concat([shortText('authentication_failure_close'), Buffer.from('t\x01')])),
  ]),
);

type Method = `${number}.${number}`;

interface Frame {
  readonly method: Method;
  readonly parameters: Buffer;
}

/** Just enough of AMQP 0-9-1 to log in and to declare queues. */
export interface AmqpSession {
  /** Rejects where the user may not, or the connection is gone. */
  declareQueue(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface AmqpLogin {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost?: string;
  /** Does not look whether the server closes the connection. */
  readonly busy?: boolean;
}

/** Rejects where the user is not let in. */
export async function openAmqp({ port, username, password, vhost = '/', busy = false }: AmqpLogin): Promise<AmqpSession> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const next = frames(socket, busy);
  const send = (channel: number, method: Method, ...parameters: Buffer[]) => socket.write(frame(channel, method, parameters));
  const expect = async (...wanted: Method[]): Promise<Frame> => {
    const got = await next();
    if (wanted.includes(got.method)) return got;
    socket.destroy();
    throw new Error(`AMQP ${got.method}: ${got.parameters.readUInt16BE()} ${got.parameters.subarray(3).toString('latin1')}`);
  };
  socket.write(Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
  await expect('10.10');
  send(0, '10.11', properties, shortText('PLAIN'), longBytes(Buffer.from(`\0${username}\0${password}`)), shortText('en_US'));
  const { parameters } = await expect('10.30');
  send(0, '10.31', parameters.subarray(0, 6), short(0));
  send(0, '10.40', shortText(vhost), shortText(''), Buffer.from([0]));
  await expect('10.41');
  const openChannel = async () => {
    send(1, '20.10', shortText(''));
    await expect('20.11');
  };
  await openChannel();
  return {
    async declareQueue(name) {
      const EXCLUSIVE = 4;
      send(1, '50.10', short(0), shortText(name), Buffer.from([EXCLUSIVE]), NOTHING);
      const got = await expect('50.11', '20.40');
      if (got.method === '50.11') return;
      send(1, '20.41');
      await openChannel();
      throw new Error(`AMQP ${got.parameters.readUInt16BE()} ${got.parameters.subarray(3).toString('latin1')}`);
    },
    async close() {
      socket.destroy();
    },
  };
}

function frame(channel: number, method: Method, parameters: readonly Buffer[]): Buffer {
  const [group = 0, one = 0] = method.split('.').map(Number);
  const payload = Buffer.concat([short(group), short(one), ...parameters]);
  return Buffer.concat([Buffer.from([METHOD]), short(channel), longBytes(payload), Buffer.from([FRAME_END])]);
}

/** One method after the other, as they come. A connection that the server closes is closed, unless its client is busy. */
function frames(socket: Socket, busy: boolean): () => Promise<Frame> {
  const got: Frame[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let over: Error | undefined;
  let look = () => {};
  const end = (error: Error) => {
    over ??= error;
    look();
  };
  socket.on('data', (more) => {
    bytes = Buffer.concat([bytes, Buffer.from(more)]);
    for (;;) {
      const size = bytes.length < 7 ? Number.POSITIVE_INFINITY : bytes.readUInt32BE(3) + 8;
      if (bytes.length < size) break;
      const [type, payload] = [bytes[0], bytes.subarray(7, size - 1)];
      bytes = bytes.subarray(size);
      if (type !== METHOD) continue;
      const method: Method = `${payload.readUInt16BE()}.${payload.readUInt16BE(2)}`;
      got.push({ method, parameters: payload.subarray(4) });
      if (method === '10.50' && !busy) socket.end(frame(0, '10.51', []));
    }
    look();
  });
  socket.on('error', end);
  socket.on('close', () => end(new Error('AMQP: the connection is closed')));
  return () =>
    new Promise((resolve, reject) => {
      const overdue = setTimeout(() => end(new Error('AMQP: no answer')), ANSWER_MS);
      look = () => {
        const first = got.shift();
        if (first === undefined && over === undefined) return;
        clearTimeout(overdue);
        look = () => {};
        if (first !== undefined) resolve(first);
        else reject(over);
      };
      look();
    });
}
