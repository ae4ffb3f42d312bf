import type { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { createAcls, deleteAcls, describeAcls } from './acl-messages.ts';
import { findShortfalls } from './checkup.ts';
import type { KafkaConnection } from './connection.ts';
import { alterScramUser, type Broker, describeScramUsers, metadata } from './messages.ts';
import { codes, KafkaRefusal } from './refusal.ts';
import { bindingsOf, type KafkaRole } from './role.ts';
import { everyMechanism, type Mechanism, type SaltedPassword, type ScramAccount, saltedPassword } from './scram.ts';
import type { KafkaSession } from './session.ts';
import { KafkaSessions } from './sessions.ts';

export interface KafkaMaterial extends Readonly<Record<string, unknown>> {
  readonly password: Secret;
}

/** The name is all that is needed. */
export type KafkaHandle = Record<string, never>;

type Ref = CredentialRef<KafkaRole, KafkaMaterial, KafkaHandle>;

/** What a broker knows of one user. */
interface Traces {
  readonly mechanisms: readonly Mechanism[];
  readonly rights: number;
  readonly brokers: readonly Broker[];
}

const LOOK_MS = 20;
/** For all brokers to hear of a new user. */
const OTHERS_MS = 2_000;

/** Users of one cluster, with rights of their own. */
export class KafkaTarget implements Target<KafkaRole, KafkaMaterial, KafkaHandle> {
  readonly #sessions: KafkaSessions;
  readonly #connection: KafkaConnection;
  readonly #on: EngineDependencies;

  constructor(connection: KafkaConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#sessions = new KafkaSessions(connection, on.random);
  }

  async check(_roles: readonly KafkaRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    return await this.#sessions.use(call, (session) => findShortfalls(session, this.#connection.username, this.#on.random));
  }

  /** The rights come first: a user that is there has never more and never less than its role says. */
  async create({ lease, role, material }: Ref, call: TargetCall): Promise<Created<KafkaHandle>> {
    if (material === undefined) throw new TargetError('refused', 'the credential has been given already');
    const { password } = material;
    const { mechanism } = this.#connection;
    const name = lease.externalName;
    const rights = bindingsOf(role);
    const complete = (traces: Traces) => traces.mechanisms.includes(mechanism) && traces.rights >= rights.length;
    const brokers = await this.#sessions.use(call, async (session) => {
      const { brokers } = await tracesOf(session, name);
      try {
        await session.ask(createAcls(name, rights));
        await this.#put(session, { name, password, mechanisms: [mechanism] });
        await this.#until(session, name, complete, call);
      } catch (error) {
        throw await undone(session, name, error);
      }
      return brokers;
    });
    const soon = { signal: AbortSignal.any([call.signal, AbortSignal.timeout(OTHERS_MS)]) };
    // A broker that does not answer keeps nobody from working with the rest.
    await this.#atOthers(brokers, soon, (session) => this.#until(session, name, complete, soon)).catch(() => {});
    return { handle: {}, output: { username: name, password, mechanism } };
  }

  async renew({ lease }: Ref, call: TargetCall): Promise<number> {
    const { mechanisms } = await this.#sessions.use(call, (session) => tracesOf(session, lease.externalName));
    if (mechanisms.length === 0) throw new TargetError('refused', 'the user is gone');
    return lease.expiresAt;
  }

  /** No new logins, then no rights, which every request is held against; and it is looked at every broker that both are gone. */
  async revoke({ lease }: Ref, call: TargetCall): Promise<void> {
    const name = lease.externalName;
    const brokers = await this.#sessions.use(call, async (session) => {
      const { brokers } = await tracesOf(session, name);
      await remove(session, name);
      await this.#until(session, name, isGone, call);
      return brokers;
    });
    try {
      await this.#atOthers(brokers, call, (session) => this.#until(session, name, isGone, call));
    } catch (error) {
      const what = error instanceof TargetError ? error.message : 'failed';
      throw new TargetError('unknown-outcome', `the user is gone, but whether every broker knows that is not known: ${what}`);
    }
  }

  async probe({ lease }: Ref, call: TargetCall): Promise<'unlimited' | undefined> {
    const traces = await this.#sessions.use(call, (session) => tracesOf(session, lease.externalName));
    return isGone(traces) ? undefined : 'unlimited';
  }

  /** Users, and rights of users that are not there. */
  async list(prefix: string, call: TargetCall): Promise<readonly string[]> {
    return await this.#sessions.use(call, async (session) => {
      const users = (await session.ask(describeScramUsers())).map(({ name }) => name);
      const names = new Set([...users, ...(await session.ask(describeAcls()))]);
      return [...names].filter((name) => name.startsWith(prefix));
    });
  }

  async setPassword(username: string, password: Secret, call: TargetCall): Promise<void> {
    const { mechanism } = this.#connection;
    const { mechanisms, brokers } = await this.#sessions.use(call, async (session) => {
      const traces = await tracesOf(session, username);
      // Or it would be made.
      if (traces.mechanisms.length === 0) throw new TargetError('refused', 'there is no such SCRAM user');
      await this.#put(session, { name: username, password, mechanisms: traces.mechanisms });
      return traces;
    });
    if (!mechanisms.includes(mechanism)) return;
    const account = { username, password, mechanism };
    await this.#untilTaken(account, call);
    for (const broker of others(brokers)) await this.#untilTaken(account, call, broker);
  }

  async verifyPassword(username: string, password: Secret, call: TargetCall): Promise<boolean> {
    return await this.#isTaken({ username, password, mechanism: this.#connection.mechanism }, call);
  }

  async close(): Promise<void> {}

  async #put(session: KafkaSession, { name, password, mechanisms }: NewPassword): Promise<void> {
    const salted: SaltedPassword[] = [];
    try {
      for (const mechanism of mechanisms) salted.push(await saltedPassword(password, mechanism, this.#on.random));
      await session.ask(alterScramUser(name, { put: salted }));
    } finally {
      for (const each of salted) each.salted.fill(0);
    }
  }

  /** The controller has done it when it answers; brokers hear of it a little later. */
  async #until(session: KafkaSession, name: string, holds: (traces: Traces) => boolean, { signal }: TargetCall): Promise<void> {
    while (!holds(await tracesOf(session, name))) {
      try {
        await this.#on.clock.sleep(LOOK_MS, signal);
      } catch {
        throw new TargetError('unknown-outcome', 'the controller has done it, and the broker has not heard of it in time');
      }
    }
  }

  async #atOthers(brokers: readonly Broker[], call: TargetCall, work: (session: KafkaSession) => Promise<void>): Promise<void> {
    await Promise.all(others(brokers).map((broker) => this.#sessions.useAt(broker, call, work)));
  }

  async #untilTaken(account: ScramAccount, call: TargetCall, broker?: Broker): Promise<void> {
    try {
      while (!(await this.#isTaken(account, call, broker))) await this.#on.clock.sleep(LOOK_MS, call.signal);
    } catch (error) {
      const what = error instanceof TargetError ? error.message : 'not in time';
      throw new TargetError('unknown-outcome', `the password was set; whether every broker takes it is not known: ${what}`);
    }
  }

  async #isTaken(account: ScramAccount, call: TargetCall, broker?: Broker): Promise<boolean> {
    try {
      await this.#sessions.logIn(account, call, broker);
      return true;
    } catch (error) {
      if (error instanceof KafkaRefusal && error.code === codes.saslAuthenticationFailed) return false;
      throw error;
    }
  }
}

interface NewPassword {
  readonly name: string;
  readonly password: Secret;
  readonly mechanisms: readonly Mechanism[];
}

const isGone = ({ mechanisms, rights }: Traces): boolean => mechanisms.length === 0 && rights === 0;

/** Where there is one only, it has been asked already. */
const others = (brokers: readonly Broker[]): readonly Broker[] => (brokers.length > 1 ? brokers : []);

async function tracesOf(session: KafkaSession, name: string): Promise<Traces> {
  const users = await session.ask(describeScramUsers([name]));
  return {
    mechanisms: users.flatMap(({ mechanisms }) => mechanisms),
    rights: (await session.ask(describeAcls(name))).length,
    brokers: (await session.ask(metadata())).brokers,
  };
}

/** Of both kinds, whatever the broker says of them: one that has just started may not know what the controller knows. */
async function remove(session: KafkaSession, name: string): Promise<void> {
  for (const mechanism of everyMechanism) await session.ask(alterScramUser(name, { remove: [mechanism] }));
  await session.ask(deleteAcls(name));
}

/** The error to tell: what it says holds only where nothing is left. */
async function undone(session: KafkaSession, name: string, error: unknown): Promise<unknown> {
  const done = error instanceof KafkaRefusal && error.code === codes.clusterAuthorizationFailed;
  if (done || !(error instanceof TargetError) || error.kind === 'unknown-outcome') return error;
  try {
    await remove(session, name);
    return error;
  } catch (cause) {
    return new TargetError('unknown-outcome', `${error.message}; and it could not be undone`, { cause });
  }
}
