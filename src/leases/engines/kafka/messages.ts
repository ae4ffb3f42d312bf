import type { MessageReader, MessageWriter } from './codec.ts';
import { KafkaRefusal } from './refusal.ts';
import { everyMechanism, type Mechanism, mechanismCodes, type SaltedPassword } from './scram.ts';

/** One kind of request with what it says. https://kafka.apache.org/protocol#protocol_messages */
export interface KafkaRequest<Answer> {
  readonly name: string;
  readonly key: number;
  readonly version: number;
  /** Whether its header and the answer's have tagged fields. */
  readonly flexible: boolean;
  /** Whether the cluster is another one afterwards. */
  readonly changes: boolean;
  write(to: MessageWriter): void;
  /** @throws KafkaRefusal, TargetError */
  read(from: MessageReader): Answer;
}

const FLEXIBLE = { flexible: true, changes: false } as const;

/** @throws KafkaRefusal */
export function refuse(code: number, { name, changes }: Pick<KafkaRequest<unknown>, 'name' | 'changes'>, text?: string): void {
  if (code !== 0) throw new KafkaRefusal(code, name, { text: text ?? '', changes });
}

/** The newest version of each kind of request that is known there. */
export function apiVersions(): KafkaRequest<ReadonlyMap<number, readonly [least: number, most: number]>> {
  return {
    name: 'ApiVersions',
    key: 18,
    version: 0,
    flexible: false,
    changes: false,
    write: () => {},
    read(from) {
      refuse(from.int16(), this);
      const known = new Map<number, readonly [number, number]>();
      for (let left = from.int32(); left > 0; left -= 1) known.set(from.int16(), [from.int16(), from.int16()]);
      return known;
    },
  };
}

export function saslHandshake(mechanism: Mechanism): KafkaRequest<void> {
  return {
    name: 'SaslHandshake',
    key: 17,
    version: 1,
    flexible: false,
    changes: false,
    write: (to) => to.oldText(mechanism),
    read(from) {
      const code = from.int16();
      refuse(code, this, code === 0 ? '' : `it offers ${from.oldTexts().join(', ')}`);
    },
  };
}

export function saslAuthenticate(bytes: Buffer): KafkaRequest<Buffer> {
  return {
    ...FLEXIBLE,
    name: 'SaslAuthenticate',
    key: 36,
    version: 2,
    write: (to) => to.bytes(bytes).end(),
    read(from) {
      refuse(from.int16(), this, from.textOrNull());
      return from.bytes();
    },
  };
}

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export interface Metadata {
  readonly brokers: readonly Broker[];
  /** What is said to one who asks for the topic; 0 where it may be seen and is there. */
  readonly codes: readonly number[];
}

/** Makes no topic. */
export function metadata(topics: readonly string[] = []): KafkaRequest<Metadata> {
  return {
    ...FLEXIBLE,
    name: 'Metadata',
    key: 3,
    version: 9,
    write: (to) =>
      to
        .list(topics, (name) => to.text(name).end())
        .int8(0)
        .int8(0)
        .int8(0)
        .end(),
    read(from) {
      from.int32();
      const brokers = from.list(() => {
        const broker = { id: from.int32(), host: from.text(), port: from.int32() };
        from.textOrNull();
        from.end();
        return broker;
      });
      from.textOrNull();
      from.int32();
      return { brokers, codes: from.list(() => readTopic(from)) };
    },
  };
}

function readTopic(from: MessageReader): number {
  const code = from.int16();
  from.text();
  from.boolean();
  const numbers = () => from.list(() => from.int32());
  from.list(() => {
    from.int16();
    for (let field = 0; field < 3; field += 1) from.int32();
    for (let field = 0; field < 3; field += 1) numbers();
    from.end();
  });
  from.int32();
  from.end();
  return code;
}

/** A setting of a broker: its value, or `hidden` where the broker has one and does not tell it. */
export type Setting = { readonly value: string } | 'hidden';

/** What is not set there is left out. */
export function describeBrokerSettings(broker: number, keys: readonly string[]): KafkaRequest<ReadonlyMap<string, Setting>> {
  const BROKER = 4;
  return {
    ...FLEXIBLE,
    name: 'DescribeConfigs',
    key: 32,
    version: 4,
    write(to) {
      to.list([String(broker)], (name) => {
        to.int8(BROKER)
          .text(name)
          .list(keys, (key) => to.text(key))
          .end();
      });
      to.int8(0).int8(0).end();
    },
    read(from) {
      from.int32();
      const settings = from.list(() => {
        refuse(from.int16(), this, from.textOrNull());
        from.int8();
        from.text();
        const entries = from.list(() => readSetting(from));
        from.end();
        return entries;
      });
      return new Map(settings.flat());
    },
  };
}

function readSetting(from: MessageReader): [string, Setting] {
  const name = from.text();
  const value = from.textOrNull();
  from.boolean();
  from.int8();
  from.boolean();
  from.list(() => {
    from.text();
    from.textOrNull();
    from.int8();
    from.end();
  });
  from.int8();
  from.textOrNull();
  from.end();
  return [name, value === undefined ? 'hidden' : { value }];
}

export interface ScramUser {
  readonly name: string;
  readonly mechanisms: readonly Mechanism[];
}

/** @param names everybody's when undefined; who is not there is left out */
export function describeScramUsers(names?: readonly string[]): KafkaRequest<readonly ScramUser[]> {
  return {
    ...FLEXIBLE,
    name: 'DescribeUserScramCredentials',
    key: 50,
    version: 0,
    write: (to) => to.list(names ?? null, (name) => to.text(name).end()).end(),
    read(from) {
      from.int32();
      refuse(from.int16(), this, from.textOrNull());
      const users = from.list(() => {
        const [name, code, text] = [from.text(), from.int16(), from.textOrNull()];
        const mechanisms = from.list(() => {
          const mechanism = from.int8();
          from.int32();
          from.end();
          return mechanism;
        });
        from.end();
        if (code !== RESOURCE_NOT_FOUND) refuse(code, this, text);
        return { name, mechanisms: mechanismsOf(mechanisms) };
      });
      return users.filter(({ mechanisms }) => mechanisms.length > 0);
    },
  };
}

const RESOURCE_NOT_FOUND = 91;

const mechanismsOf = (numbers: readonly number[]): Mechanism[] =>
  everyMechanism.filter((name) => numbers.includes(mechanismCodes[name]));

export interface ScramChanges {
  readonly remove?: readonly Mechanism[];
  readonly put?: readonly SaltedPassword[];
}

/** Of one user. Gives whether there was what was to be removed. */
export function alterScramUser(user: string, { remove = [], put = [] }: ScramChanges): KafkaRequest<boolean> {
  return {
    name: 'AlterUserScramCredentials',
    key: 51,
    version: 0,
    flexible: true,
    changes: true,
    write(to) {
      to.list(remove, (mechanism) => to.text(user).int8(mechanismCodes[mechanism]).end());
      to.list(put, ({ mechanism, iterations, salt, salted }) => {
        to.text(user).int8(mechanismCodes[mechanism]).int32(iterations).bytes(salt).bytes(salted).end();
      });
      to.end();
    },
    read(from) {
      from.int32();
      let there = true;
      from.list(() => {
        const [, code, text] = [from.text(), from.int16(), from.textOrNull()];
        from.end();
        if (code === RESOURCE_NOT_FOUND && put.length === 0) there = false;
        else refuse(code, this, text);
      });
      return there;
    },
  };
}
