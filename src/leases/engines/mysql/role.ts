import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { parseStatements, placeholdersOf, type Statement } from '../statements.ts';
import { checkGrant } from './grants.ts';
import { refuseOtherAccounts } from './other-accounts.ts';
import { isHashable, passwordPlaces } from './password-place.ts';

/** Statements as in Vault, each text one or several; or what is granted, and then the account is made here. */
export interface MysqlRole {
  readonly creationStatements: readonly string[];
  readonly revocationStatements: readonly string[];
  readonly rollbackStatements: readonly string[];
  readonly renewStatements: readonly string[];
  /** `SELECT ON features.*` */
  readonly grants: readonly string[];
  /** From where an account with {@link grants} may log in. */
  readonly host: string;
}

const statements = z.array(z.string().max(65_536)).max(64);

export const mysqlRoleFields = {
  creationStatements: statements,
  revocationStatements: statements,
  rollbackStatements: statements,
  renewStatements: statements,
  grants: z.array(z.string().min(1).max(1024)).max(64),
  host: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\w.%:/-]+$/, 'must be a host as in accounts: %, 10.0.0.%, 10.0.0.0/255.255.255.0'),
} satisfies z.ZodRawShape;

export const newMysqlRole: MysqlRole = {
  creationStatements: [],
  revocationStatements: [],
  rollbackStatements: [],
  renewStatements: [],
  grants: [],
  host: '%',
};

export const parse = (texts: readonly string[], where: string): readonly Statement[] => parseStatements(texts, 'mysql', where);

/** @throws WatchwordError `engine.invalid` */
export function checkMysqlRole(role: MysqlRole): readonly string[] {
  const creation = parse(role.creationStatements, 'creation_statements');
  const warnings = creation.length > 0 ? checkCreation(creation, role) : checkGrants(role);
  const later = [
    ['revocation_statements', role.revocationStatements],
    ['rollback_statements', role.rollbackStatements],
    ['renew_statements', role.renewStatements],
  ] as const;
  refuseOtherAccounts(creation, 'creation_statements');
  for (const [where, texts] of later) {
    refuseOtherAccounts(parse(texts, where), where);
    const known = new Set(parse(texts, where).flatMap((statement) => [...placeholdersOf(statement)]));
    if (known.has('password')) invalidSetting(where, 'the password is not known any more when these are run');
  }
  return warnings;
}

function checkGrants({ grants }: MysqlRole): readonly string[] {
  if (grants.length === 0) invalidSetting('creation_statements', 'must say how an account is made, or grants what it may do');
  const all = grants.map((text) => checkGrant(text, 'grants'));
  return all.some(({ schema }) => schema === '*') ? [everything('grants')] : [];
}

function checkCreation(creation: readonly Statement[], { grants }: MysqlRole): readonly string[] {
  const where = 'creation_statements';
  if (grants.length > 0) invalidSetting('grants', 'go without creation_statements: write the GRANT there');
  const placed = new Set(creation.flatMap((statement) => [...placeholdersOf(statement)]));
  if (!placed.has('name') && !placed.has('username')) invalidSetting(where, "must make an account called '{{name}}'");
  if (!placed.has('password')) invalidSetting(where, "must make the account IDENTIFIED BY '{{password}}'");
  const warnings: string[] = [];
  if (!creation.flatMap(passwordPlaces).every(isHashable)) {
    warnings.push(
      "creation_statements: {{password}} stands elsewhere than in IDENTIFIED BY '{{password}}': the server's general and binary log may show it",
    );
  }
  const words = creation.map(({ tokens }) =>
    tokens.flatMap((token) => (token.kind === 'word' ? [token.text.toUpperCase()] : [])),
  );
  const passesOn = words.some((statement) => /\bWITH GRANT OPTION\b/.test(statement.join(' ')));
  if (passesOn) warnings.push('creation_statements let the account pass on what it may do: what it passes on is not taken back');
  const global = creation.some(({ tokens }) =>
    /ON\*\.\*TO/i.test(tokens.map((token) => ('text' in token ? token.text.trim() : '')).join('')),
  );
  if (global) warnings.push(everything('creation_statements'));
  return warnings;
}

const everything = (where: string): string =>
  `${where}: what is granted on *.* holds for every database, also for those of the server itself`;
