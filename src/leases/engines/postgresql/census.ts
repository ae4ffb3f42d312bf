import { quoted } from './accounts.ts';
import { CHANGES_US } from './own-account.ts';
import type { StatementField } from './role.ts';
import type { PostgresqlSession } from './session.ts';
import { RoleRefusal } from './transaction.ts';

/** What begins the name of everything that is issued, here or by another instance. */
const ISSUED = 'ww_';

interface Counted {
  readonly name: string;
  readonly own: boolean;
  /** Changes with everything of it that can be seen: not with its password. */
  readonly state: string;
}

/** All roles of a server at one moment, as far as an account sees them that is no superuser. */
export interface Census {
  /** By number. */
  readonly roles: ReadonlyMap<string, Counted>;
  /** Of the configured account in others, and of others in it: who, in whom, and how. */
  readonly memberships: readonly { readonly group: string; readonly member: string; readonly state: string }[];
  /** How often this transaction has changed some role so far, its password included. */
  readonly changes: number;
}

/** Only where all questions of a transaction see the same moment does a difference come from itself. @throws TargetError */
export async function takeCensus(session: PostgresqlSession): Promise<Census> {
  const roles = await session.query(
    `SELECT oid::text AS oid, rolname::text AS name, rolname = current_user AS own, pg_catalog.md5(r::text) AS state
     FROM pg_catalog.pg_roles r`,
  );
  const memberships = await session.query(
    `SELECT roleid::text AS group, member::text AS member, pg_catalog.md5(m::text) AS state FROM pg_catalog.pg_auth_members m
     WHERE (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) IN (roleid, member)`,
  );
  const changes = await session.query(
    "SELECT pg_catalog.pg_stat_get_xact_tuples_updated('pg_catalog.pg_authid'::pg_catalog.regclass)::int AS changes",
  );
  return {
    roles: new Map(
      roles.rows.map(({ oid, name, own, state }) => [
        String(oid),
        { name: String(name), own: own === true, state: String(state) },
      ]),
    ),
    memberships: memberships.rows.map(({ group, member, state }) => ({
      group: String(group),
      member: String(member),
      state: String(state),
    })),
    changes: Number(changes.rows[0]?.['changes']),
  };
}

export interface Differences {
  /** Names of roles that were not there before. */
  readonly made: readonly string[];
  /** Names of roles that are other than before, or gone. */
  readonly changed: readonly string[];
}

interface Trial {
  /** Of the credential that is tried. */
  readonly name: string;
  /** Whose statements were run last. */
  readonly field: StatementField;
}

/**
 * What came about besides the credential.
 * @throws RoleRefusal where that is a change of the configured account, or of what bears the name of a credential: the ledger would
 * take an account that it does not know for the trace of leases that it has lost
 */
export function differencesOf(before: Census, after: Census, { name, field }: Trial): Differences {
  const made = [...after.roles].flatMap(([oid, role]) => (before.roles.has(oid) || role.name === name ? [] : [role.name]));
  const others = [...before.roles].filter(([oid, { state }]) => after.roles.get(oid)?.state !== state).map(([, role]) => role);
  if (others.some(({ own }) => own) || membershipsOf(before, before) !== membershipsOf(after, before)) {
    throw new RoleRefusal(`${field}: ${CHANGES_US}`, '', field);
  }
  const changed = others.map((role) => role.name);
  const taken = [...made, ...changed].find((each) => each.startsWith(ISSUED));
  if (taken !== undefined) {
    const what = `would make or change ${quoted(taken.replace(name, '{{name}}'))} besides {{name}}`;
    throw new RoleRefusal(`${field}: ${what}: names that begin with ${ISSUED} are those of credentials`, '', field);
  }
  return { made, changed };
}

/** Of the configured account in roles that were there at first, and of anybody in it. */
function membershipsOf({ memberships }: Census, first: Census): string {
  const own = [...first.roles].find(([, role]) => role.own)?.[0];
  const counted = memberships.filter(({ group }) => group === own || first.roles.has(group));
  return counted
    .map(({ state }) => state)
    .sort()
    .join();
}
