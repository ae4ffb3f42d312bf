import { z } from 'zod';
import { secretSchema } from '../../foundation/bounds.ts';
import { Secret } from '../../foundation/secret.ts';
import { engineCatalogue } from '../engine-catalogue.ts';
import {
  type CredentialEngine,
  type CredentialRef,
  type EngineTraits,
  type Sealable,
  type Shortfall,
  type Target,
  TargetError,
} from '../engines/engine.ts';
import { newPassword } from '../engines/password.ts';

export interface MemoryAccount {
  password: string;
  expiresAt: number | 'unlimited';
}

type Method = 'check' | 'create' | 'renew' | 'revoke' | 'probe' | 'list' | 'setPassword' | 'verifyPassword';

/** A target in memory, which a test makes fail. */
export class MemoryServer {
  readonly accounts = new Map<string, MemoryAccount>();
  readonly calls: string[] = [];
  /** What the configured account lacks, whatever the roles are. */
  shortfalls: readonly Shortfall[] = [];
  /** Before the work: what it throws, and nothing is done. */
  before: (method: Method, name: string) => void | Promise<void> = () => undefined;
  /** After the work: what it throws, although it was done. */
  after: (method: Method, name: string) => void | Promise<void> = () => undefined;

  down(): void {
    this.before = () => {
      throw new TargetError('unreachable', 'connection refused');
    };
  }

  up(): void {
    this.before = () => undefined;
    this.after = () => undefined;
  }

  async do<Result>(method: Method, name: string, work: () => Result): Promise<Result> {
    this.calls.push(`${method} ${name}`.trim());
    await this.before(method, name);
    const result = work();
    await this.after(method, name);
    return result;
  }
}

const servers = new Map<string, MemoryServer>();

/** The server that connections with this `host` lead to. */
export function memoryServer(host: string): MemoryServer {
  let server = servers.get(host);
  if (server === undefined) {
    server = new MemoryServer();
    servers.set(host, server);
  }
  return server;
}

type Connection = { host: string; username: string; password: Secret | null };
type Role = { grant: string };
type Material = { password: Secret };

class MemoryTarget implements Target<Role, Material, Sealable> {
  readonly #connection: Connection;
  readonly #server: MemoryServer;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#server = memoryServer(connection.host);
  }

  #logIn(): void {
    const { username, password } = this.#connection;
    const account = this.#server.accounts.get(username);
    if (account !== undefined && account.password !== password?.text)
      throw new TargetError('refused', 'password authentication failed', { lockedOut: true });
  }

  check() {
    return this.#server.do('check', '', () => {
      this.#logIn();
      return this.#server.shortfalls;
    });
  }

  create({ lease, material }: CredentialRef<Role, Material>) {
    return this.#server.do('create', lease.externalName, () => {
      this.#logIn();
      const password = material?.password.text ?? '';
      this.#server.accounts.set(lease.externalName, { password, expiresAt: lease.expiresAt });
      return {
        handle: { made: lease.externalName },
        output: { username: lease.externalName, password: Secret.fromText(password) },
      };
    });
  }

  renew({ lease }: CredentialRef<Role, Material>) {
    return this.#server.do('renew', lease.externalName, () => {
      const account = this.#server.accounts.get(lease.externalName);
      if (account === undefined) throw new TargetError('refused', 'there is no such account');
      account.expiresAt = lease.expiresAt;
      return lease.expiresAt;
    });
  }

  revoke({ lease }: CredentialRef<Role, Material>) {
    return this.#server.do('revoke', lease.externalName, () => {
      this.#logIn();
      this.#server.accounts.delete(lease.externalName);
    });
  }

  probe({ lease }: CredentialRef<Role, Material>) {
    return this.#server.do('probe', lease.externalName, () => this.#server.accounts.get(lease.externalName)?.expiresAt);
  }

  list(prefix: string) {
    return this.#server.do('list', '', () => [...this.#server.accounts.keys()].filter((name) => name.startsWith(prefix)));
  }

  setPassword(username: string, password: Secret) {
    return this.#server.do('setPassword', username, () => {
      this.#logIn();
      const account = this.#server.accounts.get(username);
      if (account === undefined) throw new TargetError('refused', 'there is no such account');
      account.password = password.text;
    });
  }

  verifyPassword(username: string, password: Secret) {
    return this.#server.do('verifyPassword', username, () => this.#server.accounts.get(username)?.password === password.text);
  }

  async close(): Promise<void> {}
}

const traits: EngineTraits = { revocation: 'hard', renewable: true, targetExpires: true, naming: 'ours' };

const memoryEngine: CredentialEngine<Connection, Role, Material, Sealable> = {
  kind: 'memory',
  summary: 'For tests.',
  mount: 'database',
  traits,
  connection: {
    fields: { host: z.string().max(100), username: z.string().max(100), password: secretSchema.nullable() },
    initial: { host: '', username: '', password: null },
    address: ['host'],
    clear: ['host', 'username'],
    check: () => undefined,
    account: { username: 'username', password: 'password' },
  },
  role: {
    fields: { grant: z.string().max(100) },
    initial: { grant: '' },
    check: ({ grant }) => (grant === '' ? ['it grants nothing'] : []),
  },
  request: { fields: { purpose: z.unknown().optional(), tags: z.unknown().optional() } },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection) => new MemoryTarget(connection),
};

// Tests alone may add to what the product offers.
(engineCatalogue as Map<string, CredentialEngine>).set('memory', memoryEngine as unknown as CredentialEngine);
