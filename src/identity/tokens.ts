import { createHmac } from 'node:crypto';
import type { Session } from '../access/operation.ts';
import { isWatchwordError, WatchwordError } from '../foundation/errors.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Keyring, RecordCipher } from '../keyring/contract.ts';
import { openJson, sealJson } from '../keyring/sealed-json.ts';
import type { Executor, Storage, Transaction } from '../storage/contract.ts';
import { Networks } from './addresses.ts';
import { NameDigests } from './name-digests.ts';
import { isExpired, isRoot, principalOf, type Token } from './token.ts';
import { TokenTable } from './token-table.ts';

/** The mount under whose key tokens and their roles are sealed; made at initialisation. */
export const tokenMount = { id: 'token', namespace: 'root' } as const;

/** A token whose row was opened. */
export interface FoundToken {
  readonly hash: string;
  readonly token: Token;
  readonly session: Session;
  /** Undefined when it may be used from anywhere. */
  readonly networks: Networks | undefined;
}

interface Opened extends FoundToken {
  readonly sealed: Buffer;
}

const MAX_OPENED = 10_000;
const place = (hash: string) => ({ path: `token/${hash}`, version: 1 });

/**
 * Tokens, sealed under the hash that finds them. Opened ones are kept in memory, and an opened one is used only where the
 * bytes that the request itself read are the same: then nothing needs to be decrypted.
 */
export class Tokens {
  readonly table: TokenTable;
  readonly #keyring: Keyring;
  readonly #digests: NameDigests;
  #opened = new Map<string, Opened>();

  constructor({ storage, keyring }: { readonly storage: Storage; readonly keyring: Keyring }) {
    this.table = new TokenTable(storage);
    this.#keyring = keyring;
    this.#digests = new NameDigests(keyring);
  }

  /** What the database knows a token by. */
  hash(text: Secret): string {
    return createHmac('sha256', this.#keyring.instanceKey('token-hash').key).update(text.bytes).digest('base64url');
  }

  /**
   * The living token, or undefined. A token lives while it and every token above it do: each is opened where its child's
   * sealed body says it stands, so that no column decides who is revoked with whom. One query for two generations.
   * @throws WatchwordError `keyring.tampered`
   */
  async find(on: Executor, hash: string, now: number): Promise<FoundToken | undefined> {
    const row = await this.table.find(on, hash);
    if (row === undefined) return undefined;
    const found = this.open(hash, row.sealed);
    return (await this.#lineLives(on, found, row.parent_sealed, now)) ? found : undefined;
  }

  /** As {@link find}. */
  async findByAccessor(on: Executor, accessor: string, now: number): Promise<FoundToken | undefined> {
    const row = await this.table.byAccessor(on, accessor);
    if (row === undefined) return undefined;
    const found = this.open(row.token_hash, row.sealed);
    if (found.token.accessor !== accessor) throw new WatchwordError('keyring.tampered');
    return (await this.#lineLives(on, found, null, now)) ? found : undefined;
  }

  /** @throws WatchwordError `keyring.tampered` for a body that was changed or belongs to another token */
  open(hash: string, sealed: Uint8Array): FoundToken {
    const known = this.#opened.get(hash);
    if (known?.sealed.equals(sealed)) return known;
    const token = openJson(this.#cipher, place(hash), sealed) as Token;
    const opened: Opened = {
      hash,
      token,
      sealed: Buffer.from(sealed),
      networks: token.boundCidrs.length === 0 ? undefined : new Networks(token.boundCidrs),
      session: {
        principal: principalOf(token),
        root: isRoot(token),
        usesLeft: token.usesLeft,
        expiresAt: token.expiresAt ?? undefined,
      },
    };
    if (this.#opened.size >= MAX_OPENED) this.#opened = new Map();
    this.#opened.set(hash, opened);
    return opened;
  }

  /** As {@link open}, but undefined for what does not open here. */
  tryOpen(hash: string, sealed: Uint8Array): FoundToken | undefined {
    try {
      return this.open(hash, sealed);
    } catch (error) {
      if (isWatchwordError(error, 'keyring.tampered')) return undefined;
      throw error;
    }
  }

  async insert(tx: Transaction, hash: string, token: Token): Promise<void> {
    await this.table.insert(tx, this.#row(hash, token));
  }

  async save(tx: Transaction, hash: string, token: Token): Promise<void> {
    await this.table.update(tx, this.#row(hash, token));
  }

  /** Forgets what was decrypted. */
  clear(): void {
    this.#opened = new Map();
    this.#digests.clear();
  }

  async #lineLives(on: Executor, { token: lowest }: FoundToken, hint: Uint8Array | null, now: number): Promise<boolean> {
    let token = lowest;
    let fetched = hint;
    for (;;) {
      if (isExpired(token, now)) return false;
      const { parent } = token;
      if (parent === null) return true;
      const above: FoundToken | undefined = fetched === null ? undefined : this.tryOpen(parent, fetched);
      if (above === undefined) {
        const row = await this.table.find(on, parent);
        if (row === undefined) return false;
        token = this.open(parent, row.sealed).token;
        fetched = row.parent_sealed;
      } else {
        token = above.token;
        fetched = null;
      }
    }
  }

  #row(hash: string, token: Token) {
    const { accessor, parent, expiresAt } = token;
    const sealed = sealJson(this.#cipher, place(hash), token);
    return { hash, accessor, parent, expiresAt, root: isRoot(token) ? 1 : 0, login: this.#loginKey(token), sealed };
  }

  /** What finds the tokens of a mount's logins, and among them those of one subject. */
  loginKey(mountId: string, subject: string): string {
    return `${mountId}/${this.#digests.of(`subject ${subject}`)}`;
  }

  #loginKey({ login, subject }: Token): string | null {
    return login === null || login === undefined ? null : this.loginKey(login.mountId, subject);
  }

  get #cipher(): RecordCipher {
    return this.#keyring.cipher(tokenMount);
  }
}
