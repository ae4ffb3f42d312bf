import type { Executor, Migration, Transaction } from '../../storage/contract.ts';
import type { Page } from './entity-table.ts';

type MembershipTables = { identity_membership: { group_id: string; entity_id: string } };

export const membershipMigration: Migration = {
  name: 'identity-0008-membership',
  async up(db) {
    await db.schema
      .createTable('identity_membership')
      .addColumn('group_id', 'text', (column) => column.notNull())
      .addColumn('entity_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('identity_membership_key', ['group_id', 'entity_id'])
      .execute();
    await db.schema.createIndex('identity_membership_entity').on('identity_membership').column('entity_id').execute();
  },
};

const view = (on: Executor) => on.query.withTables<MembershipTables>();

/** Which entities logins said to be in which external group. Only an index: what counts is sealed in the entities. */
export class MembershipTable {
  /** Ids of the entities that logins said to be in an external group. */
  async members(on: Executor, groupId: string, { after, limit }: Page): Promise<string[]> {
    const rows = await view(on)
      .selectFrom('identity_membership')
      .select('entity_id')
      .where('group_id', '=', groupId)
      .where('entity_id', '>', after)
      .orderBy('entity_id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.entity_id);
  }

  async addMember(tx: Transaction, groupId: string, entityId: string): Promise<void> {
    await view(tx)
      .insertInto('identity_membership')
      .values({ group_id: groupId, entity_id: entityId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async removeMember(tx: Transaction, groupId: string, entityId: string): Promise<void> {
    await view(tx).deleteFrom('identity_membership').where('group_id', '=', groupId).where('entity_id', '=', entityId).execute();
  }

  /** With a group that is gone. */
  async removeGroup(tx: Transaction, groupId: string): Promise<void> {
    await view(tx).deleteFrom('identity_membership').where('group_id', '=', groupId).execute();
  }
}
