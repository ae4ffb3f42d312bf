import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { DATABASE_NAME } from './address.ts';

/** As Vault has it: https://developer.hashicorp.com/vault/api-docs/secret/databases/mongodb#statements */
export interface MongodbRole {
  /** One text: `{"db": "admin", "roles": [{"role": "read", "db": "features"}]}` */
  readonly creationStatements: readonly string[];
  /** Nothing, or one text: `{"db": "admin"}` */
  readonly revocationStatements: readonly string[];
}

const statements = z.array(z.string().max(65_536)).max(8);

export const mongodbRoleFields = {
  creationStatements: statements,
  revocationStatements: statements,
} satisfies z.ZodRawShape;

export const newMongodbRole: MongodbRole = { creationStatements: [], revocationStatements: [] };

/** What a user is made of, besides its name. */
export interface MongodbUser {
  /** The database that it belongs to: it logs in by `authSource=` this. */
  readonly db: string;
  readonly roles: readonly GrantedRole[];
}

interface GrantedRole {
  readonly role: string;
  readonly db: string;
}

const databaseName = z.string().regex(DATABASE_NAME, 'is no name of a database');
const roleName = z
  .string()
  .regex(/^[^\0]{1,255}$/, 'is no name of a role')
  .refine((name) => name !== '__system', '__system may do everything, and is for the servers themselves');

const creation = z.strictObject({
  db: databaseName.default('admin'),
  roles: z
    .array(z.union([roleName, z.strictObject({ role: roleName, db: databaseName.optional() })]))
    .min(1, 'must name a role: without one a user can do nothing')
    .max(64),
});
const revocation = z.strictObject({ db: databaseName.default('admin') });

/** @throws WatchwordError `engine.invalid`: what is wrong, and where */
export function userOf({ creationStatements }: MongodbRole): MongodbUser {
  const { db, roles } = statementOf(creationStatements, creation, 'creation_statements');
  const granted = roles.map((each) => (typeof each === 'string' ? { role: each, db } : { role: each.role, db: each.db ?? db }));
  return { db, roles: granted };
}

function statementOf<Shape extends z.ZodType>(texts: readonly string[], shape: Shape, where: string): z.infer<Shape> {
  const example =
    where === 'creation_statements' ? '{"db": "admin", "roles": [{"role": "read", "db": "features"}]}' : '{"db": "admin"}';
  const written = texts.filter((text) => text.trim() !== '');
  const [text] = written;
  if (written.length !== 1 || text === undefined) return invalidSetting(where, `must be one JSON object: ${example}`);
  const parsed = shape.safeParse(fromJson(text, where, example));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return invalidSetting(where, `${issue?.path.join('.') || 'it'}: ${issue?.message}; it is like ${example}`);
}

function fromJson(text: string, where: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return invalidSetting(where, `is no JSON: it is like ${example}`);
  }
}

/** By these a user makes others, or roles, and they stay when it is gone. */
const makesUsers = /^(?:root|restore|userAdmin|userAdminAnyDatabase|dbOwner)$/;
const everywhere = /AnyDatabase$|^backup$/;
const rulesCluster = /^(?:clusterAdmin|clusterManager|hostManager|enableSharding)$/;

/** What works and should not be. @throws WatchwordError `engine.invalid` */
export function checkMongodbRole(role: MongodbRole): readonly string[] {
  const { db, roles } = userOf(role);
  if (role.revocationStatements.some((text) => text.trim() !== '')) {
    const where = 'revocation_statements';
    const revoked = statementOf(role.revocationStatements, revocation, where);
    if (revoked.db !== db) invalidSetting(where, `the user is made in ${db}, so it is not in ${revoked.db}`);
  }
  const named = (pattern: RegExp) => [...new Set(roles.map((each) => each.role).filter((name) => pattern.test(name)))].join(', ');
  const warnings = [
    [named(makesUsers), 'by it, holders make users and roles that outlive their lease'],
    [named(rulesCluster), 'by it, holders change or stop the whole deployment'],
    [named(everywhere), 'every database is within reach'],
  ] as const;
  return warnings.flatMap(([names, what]) => (names === '' ? [] : [`${names}: ${what}`]));
}
