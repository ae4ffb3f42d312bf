import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { printWithSecrets } from '../../foundation/secret-json.ts';
import type { Executor, Migration, Reader, Transaction } from '../../storage/contract.ts';
import type { Authenticator, MountLocator, WrapInfo, Wrapping, WrapRequest } from '../door-contract.ts';
import type { Session } from '../operation.ts';

type Tables = {
  test_token: { name: string; policies: string; attributes: string; uses: number };
  test_wrapped: { id: number; content: string };
};
const view = (on: Executor) => on.query.withTables<Tables>();

/** Tables of the doubles, so that what they change is undone with a transaction. */
export const callerMigration: Migration = {
  name: 'test-0001-caller',
  async up(db) {
    await db.schema
      .createTable('test_token')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('policies', 'text')
      .addColumn('attributes', 'text')
      .addColumn('uses', 'integer')
      .execute();
    await db.schema
      .createTable('test_wrapped')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('content', 'text')
      .execute();
  },
};

export interface TestToken {
  readonly policies: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
  /** 0 = unlimited; -1 = used up. */
  readonly uses?: number;
}

/** Tokens whose text is their name. */
export class TestAuthenticator implements Authenticator {
  /** Sessions that were told to end, in transactions that may have been undone. */
  readonly ended: string[] = [];

  async issue(tx: Transaction, name: string, { policies, attributes = {}, uses = 0 }: TestToken): Promise<void> {
    const row = { name, policies: JSON.stringify(policies), attributes: JSON.stringify(attributes), uses };
    await view(tx).insertInto('test_token').values(row).execute();
  }

  authenticate(token: Secret, _call: unknown, reader: Reader): Promise<Session> {
    return this.inspectAccessor(token.text, reader);
  }

  inspect(token: Secret, reader: Reader): Promise<Session> {
    return this.inspectAccessor(token.text, reader);
  }

  async inspectAccessor(name: string, reader: Reader): Promise<Session> {
    const row = await view(reader).selectFrom('test_token').selectAll().where('name', '=', name).executeTakeFirst();
    if (row === undefined || row.uses < 0) throw new WatchwordError('access.token-invalid');
    const policies = JSON.parse(row.policies) as string[];
    return {
      principal: {
        method: 'token',
        id: name,
        displayName: name,
        namespace: 'root',
        session: name,
        policies,
        attributes: JSON.parse(row.attributes) as Record<string, string>,
      },
      root: policies.includes('root'),
      usesLeft: row.uses,
      expiresAt: undefined,
    };
  }

  async consume(tx: Transaction, { principal }: Session): Promise<boolean> {
    const uses = (await this.usesLeft(tx, principal.id)) ?? -1;
    if (uses < 1) throw new WatchwordError('access.token-invalid');
    await view(tx)
      .updateTable('test_token')
      .set({ uses: uses === 1 ? -1 : uses - 1 })
      .where('name', '=', principal.id)
      .execute();
    return uses === 1;
  }

  async end(_tx: Transaction, { principal }: Session): Promise<void> {
    this.ended.push(principal.id);
  }

  async usesLeft(on: Executor, name: string): Promise<number | undefined> {
    return (await view(on).selectFrom('test_token').select('uses').where('name', '=', name).executeTakeFirst())?.uses;
  }

  async rootTokenLives(): Promise<boolean> {
    return false;
  }
}

/** Keeps what was wrapped where a test can look at it. */
export class TestWrapping implements Wrapping {
  async wrap(tx: Transaction, { output, ttl, now, creationPath }: WrapRequest): Promise<WrapInfo> {
    const content = printWithSecrets(output).toString('utf8');
    await view(tx)
      .insertInto('test_wrapped')
      .values({ content } as Tables['test_wrapped'])
      .execute();
    const token = Secret.fromText(`wrapping-${creationPath}`);
    return { token, accessor: 'accessor', ttl, createdAt: now, creationPath, wrappedAccessor: '' };
  }

  async contents(on: Executor): Promise<string[]> {
    return (await view(on).selectFrom('test_wrapped').select('content').execute()).map((row) => row.content);
  }
}

export function testMount(path: string, id = path): MountPoint {
  const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };
  return { id, namespace: 'root', path, kind: 'test', accessor: `test_${id}`, description: '', options: {}, config };
}

/** `now` is what this node has in memory, `stored` what the database would say. */
export class TestMounts implements MountLocator {
  generation = 1;
  now: readonly MountPoint[] = [testMount('test/'), testMount('sys/')];
  stored = this.now;

  locate(_namespace: string, path: string): MountPoint | undefined {
    return this.now.find((mount) => path.startsWith(mount.path));
  }

  async reload(_reader: Reader, generation: number): Promise<void> {
    this.now = this.stored;
    this.generation = generation;
  }
}
