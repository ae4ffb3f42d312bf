import type { Storage, Transaction } from '../storage/contract.ts';
import type { EndSession } from './contract.ts';
import { isExpired } from './token.ts';
import type { IndexedRow } from './token-table.ts';
import type { FoundToken, Tokens } from './tokens.ts';

const BATCH = 500;
/** A large tree takes long, and SQLite works in the thread that answers: after so many tokens, others get their turn. */
const TURN = 100;

/** A row that is to go; without a token where its body does not open. */
interface Doomed {
  readonly row: IndexedRow;
  readonly found: FoundToken | undefined;
}

/**
 * Ends tokens, and whatever was made with them. Columns only find the rows: where a sealed body disagrees with its row's
 * columns, the columns are set right and the token stays.
 */
export class TokenTree {
  readonly #tokens: Tokens;
  readonly #endSession: EndSession;
  #removed = 0;

  constructor(tokens: Tokens, endSession: EndSession) {
    this.#tokens = tokens;
    this.#endSession = endSession;
  }

  /** Removes a token and all its descendants, and ends their sessions. */
  async revoke(tx: Transaction, { hash, token }: FoundToken): Promise<void> {
    await this.#removeTree(tx, hash, token.accessor);
  }

  /** Removes one token; its children have no parent from then on. */
  async revokeOrphaning(tx: Transaction, { hash, token }: FoundToken): Promise<void> {
    for await (const { row, found } of this.#children(tx, hash)) {
      if (found === undefined) await this.#removeTree(tx, row.token_hash, row.accessor);
      else await this.#tokens.save(tx, found.hash, { ...found.token, parent: null });
    }
    await this.#removeTree(tx, hash, token.accessor);
  }

  /**
   * Removes the tokens that logins of a mount gave, each with its tree: all of them, or those of one subject. Gives how many.
   * @param subject undefined for all
   */
  async revokeLogins(tx: Transaction, mountId: string, subject?: string): Promise<number> {
    const key = subject === undefined ? undefined : this.#tokens.loginKey(mountId, subject);
    // `0` is the character after `/`.
    const range = key === undefined ? { from: `${mountId}/`, to: `${mountId}0` } : { from: key, to: key };
    const before = this.#removed;
    for (;;) {
      const rows = await this.#tokens.table.byLogin(tx, range, BATCH);
      for (const row of rows) {
        await this.#removeUnless(tx, row, async ({ token }) => token.login?.mountId !== mountId);
      }
      if (rows.length < BATCH) return this.#removed - before;
    }
  }

  /** Removes tokens that have expired, each with its tree. Gives how many rows it looked at: at `limit` there may be more. */
  async removeExpired(tx: Transaction, now: number, limit: number): Promise<number> {
    const rows = await this.#tokens.table.expired(tx, now, limit);
    for (const row of rows) await this.#removeUnless(tx, row, async (found) => !isExpired(found.token, now));
    return rows.length;
  }

  /** Removes tokens whose parent is gone, each with its tree. Gives how many rows it looked at: at `limit` there may be more. */
  async removeParentless(tx: Transaction, limit: number): Promise<number> {
    const rows = await this.#tokens.table.parentless(tx, limit);
    for (const row of rows) {
      await this.#removeUnless(tx, row, async ({ token: { parent } }) => {
        return parent === null || (await this.#tokens.table.find(tx, parent)) !== undefined;
      });
    }
    return rows.length;
  }

  async #removeUnless(tx: Transaction, row: IndexedRow, mayStay: (found: FoundToken) => Promise<boolean>): Promise<void> {
    // It may have gone already with the tree of another.
    if ((await this.#tokens.table.find(tx, row.token_hash)) === undefined) return;
    const found = this.#tokens.tryOpen(row.token_hash, row.sealed);
    if (found !== undefined && (await mayStay(found))) await this.#tokens.save(tx, found.hash, found.token);
    else await this.#removeTree(tx, row.token_hash, accessorOf({ row, found }));
  }

  async #removeTree(tx: Transaction, hash: string, accessor: string): Promise<void> {
    const waiting = [hash];
    await this.#remove(tx, hash, accessor);
    for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
      for await (const child of this.#children(tx, parent)) {
        await this.#remove(tx, child.row.token_hash, accessorOf(child));
        waiting.push(child.row.token_hash);
      }
    }
  }

  /** The children of a token, fetched in batches: the caller removes each, or gives it another parent. */
  async *#children(tx: Transaction, parent: string): AsyncGenerator<Doomed> {
    for (;;) {
      const rows = await this.#tokens.table.children(tx, parent, BATCH);
      for (const row of rows) {
        const found = this.#tokens.tryOpen(row.token_hash, row.sealed);
        if (found !== undefined && found.token.parent !== parent) await this.#tokens.save(tx, found.hash, found.token);
        else yield { row, found };
      }
      if (rows.length < BATCH) return;
    }
  }

  async #remove(tx: Transaction, hash: string, accessor: string): Promise<void> {
    await this.#tokens.table.remove(tx, hash);
    await this.#endSession(tx, accessor);
    this.#removed += 1;
    if (this.#removed % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function accessorOf({ row, found }: Doomed): string {
  return found?.token.accessor ?? row.accessor;
}

/** Removes what has expired, in transactions of `batch` tokens with their trees. Gives how many had expired. */
export async function removeExpired(storage: Storage, tree: TokenTree, now: number, batch = 100): Promise<number> {
  let expired = 0;
  for (;;) {
    const found = await storage.write((tx) => tree.removeExpired(tx, now, batch));
    expired += found;
    if (found < batch) return expired;
  }
}
