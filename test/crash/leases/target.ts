import type { Duplex } from 'node:stream';

/** What is asked of a target, as it can be told from the bytes. */
export type Verb = 'create' | 'renew' | 'revoke' | 'password' | 'commit';

/** A real server that credentials are issued for, and its own truth about them, asked as its superuser. */
export interface CrashTarget {
  readonly engine: string;
  readonly mount: 'database' | 'rabbitmq';
  /** Where it listens on the loopback interface. */
  readonly port: number;
  /** A new connection to it, without TLS from here on. */
  dial(): Duplex;
  /** In what goes to it. */
  readonly words: Readonly<Partial<Record<Verb, RegExp>>>;
  /** Settings of the connection at that port: its own, or that of who stands before it and speaks no TLS. */
  connection(port: number): object;
  /** What a role says besides times. */
  readonly role: object;
  /** An account that is there already, for a static role. */
  readonly staticAccount: string | undefined;
  /** Every account whose name begins as ours do. */
  accounts(): Promise<readonly string[]>;
  /** Whether a client gets in; rejects where that can't be told. */
  logsIn(username: string, password: string): Promise<boolean>;
  stop(): Promise<void>;
}

export const OURS = 'ww_';
