import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { daemonEnvironment } from './daemon.ts';

export interface KafkaLogin {
  /** Of the address space of this machine: `127.0.0.1:9092`. */
  readonly server: string;
  readonly username: string;
  readonly password: string;
  readonly mechanism?: string;
  /** File with the authority of the broker's certificate; plain without. */
  readonly ca?: string;
}

export interface Reading {
  readonly topic: string;
  readonly group?: string;
  /** Milliseconds that the broker shall wait for something new, of which only is told then. */
  readonly wait?: number;
  /** Milliseconds to look; one second unless said otherwise. */
  readonly poll?: number;
}

/** Somebody who is logged in with kafka-python, in a process of its own. Everything rejects with the broker's word against it. */
export interface KafkaClient {
  produce(topic: string, value?: string): Promise<void>;
  /** What came since the last time. */
  consume(reading: Reading): Promise<readonly string[]>;
  createTopic(topic: string): Promise<void>;
  /** Of somebody: `ALLOW READ LITERAL TOPIC jobs *`. */
  rights(username: string): Promise<readonly string[]>;
  /** Rights on the cluster: `Alter`, `Describe`. */
  permit(username: string, operations: readonly string[]): Promise<void>;
  /** Makes one, or gives it another password. */
  user(username: string, mechanism: string, password: string): Promise<void>;
  close(): Promise<void>;
}

/** @param python an interpreter that imports kafka-python @throws Error where the broker does not let it in */
export async function openKafka(python: string, login: KafkaLogin): Promise<KafkaClient> {
  const child = spawn('setpriv', ['--pdeathsig=KILL', python, join(import.meta.dirname, 'kafka/client.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: daemonEnvironment(),
  });
  const ended = once(child, 'exit').catch(() => []);
  let gone = false;
  const waiting: PromiseWithResolvers<{ readonly error: string | null; readonly result: unknown }>[] = [];
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.stdin.on('error', () => {});
  void ended.then(() => {
    gone = true;
    for (const { reject } of waiting.splice(0)) reject(new Error('the client of Kafka ended'));
  });
  const say = async (line: object): Promise<unknown> => {
    if (gone) throw new Error('the client of Kafka has ended');
    const answer = Promise.withResolvers<{ readonly error: string | null; readonly result: unknown }>();
    waiting.push(answer);
    child.stdin.write(`${JSON.stringify(line)}\n`);
    const { error, result } = await answer.promise;
    if (error !== null) throw new Error(error);
    return result;
  };
  await say({ mechanism: 'SCRAM-SHA-512', ca: null, ...login });
  return {
    produce: async (topic, value = 'x') => void (await say({ do: 'produce', topic, value })),
    consume: async (reading) => (await say({ do: 'consume', ...reading })) as string[],
    createTopic: async (topic) => void (await say({ do: 'create_topic', topic })),
    rights: async (username) => (await say({ do: 'rights', username })) as string[],
    permit: async (username, operations) => void (await say({ do: 'permit', username, operations })),
    user: async (username, mechanism, password) => void (await say({ do: 'user', username, mechanism, password })),
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
