import { describe, expect, test } from 'vitest';
import { checkPostgresqlRole, newPostgresqlRole, type PostgresqlRole, saysItsEnd, statementsOf } from './role.ts';

const create = "CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'";
const check = (more: Partial<PostgresqlRole>) =>
  checkPostgresqlRole({ ...newPostgresqlRole, creationStatements: [create], ...more });

describe('a role of PostgreSQL', () => {
  test('that makes an account with a password and an end is taken without a word', () => {
    expect(check({})).toEqual([]);
    expect(check({ creationStatements: [`${create}; SET LOCAL work_mem = '1MB'; GRANT a TO "{{name}}"`] })).toEqual([]);
    const block = `DO $$ BEGIN CREATE ROLE "{{name}}" ENCRYPTED PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; END $$`;
    expect(check({ creationStatements: [block] })).toEqual([]);
  });

  test.for([
    [[], 'must say how a role is made'],
    [["CREATE ROLE app PASSWORD '{{password}}'"], 'must make a role called {{name}}'],
    [['CREATE ROLE {{name}}'], "must give the role its PASSWORD '{{password}}'"],
    [[create, "SELECT '{{password}}'"], 'may stand only as PASSWORD'],
    [[create, "COMMENT ON ROLE {{name}} IS 'password {{password}}'"], 'may stand only as PASSWORD'],
    [["CREATE ROLE {{name}} PASSWORD 'x{{password}}'"], 'may stand only as PASSWORD'],
    [['CREATE ROLE {{name}} PASSWORD "{{password}}"'], 'may stand only as PASSWORD'],
    [
      [`DO $$ BEGIN EXECUTE format('CREATE ROLE %I PASSWORD %L', '{{name}}', '{{password}}'); END $$`],
      'may stand only as PASSWORD',
    ],
    [['BEGIN', create, 'COMMIT'], 'statement 1, character 1: BEGIN is not taken'],
    [[create, '/* all */ rollback'], 'statement 2, character 1: ROLLBACK is not taken'],
    [[create, 'SET ROLE other'], 'SET is not taken'],
    [[create, 'RESET ALL'], 'RESET is not taken'],
    [[create, "COPY a FROM PROGRAM 'id'"], 'COPY is not taken'],
    [[`${create}; SELECT '`], "the quote ' is not closed"],
  ] as const)('is refused: %s', ([creationStatements, message]) => {
    expect(() => check({ creationStatements })).toThrow(message);
  });

  test('has its password for the creation alone', () => {
    const statements = ["ALTER ROLE {{name}} PASSWORD '{{password}}'"];
    for (const field of ['revocationStatements', 'renewStatements', 'rollbackStatements'] as const) {
      expect(() => check({ [field]: statements })).toThrow('there is no {{password}} any more then');
      expect(() => check({ [field]: ['COMMIT'] })).toThrow('COMMIT is not taken');
    }
  });

  test('is warned of without an end, and of powers beyond grants', () => {
    expect(check({ creationStatements: ["CREATE ROLE {{name}} PASSWORD '{{password}}'"] })).toEqual([
      expect.stringContaining('VALID UNTIL'),
    ]);
    expect(check({ creationStatements: [`${create} SUPERUSER`] })).toEqual([expect.stringContaining('SUPERUSER')]);
    expect(check({ creationStatements: [`${create} NOSUPERUSER NOCREATEROLE`] })).toEqual([]);
  });

  test.for([
    [[create], true],
    [[`${create}; GRANT readers TO {{name}}`, 'grant a to {{name}} -- and no more'], true],
    [['/* of a job */ create user "{{username}}" VALID until {{expiration}} PASSWORD \'{{password}}\''], true],
    [["CREATE ROLE {{name}} PASSWORD '{{password}}'"], false],
    [["CREATE ROLE {{name}} PASSWORD '{{password}}' VALID UNTIL 'infinity'"], false],
    [["CREATE ROLE {{name}} PASSWORD '{{password}}' VALID UNTIL '9{{expiration}}'"], false],
    [["CREATE ROLE app VALID UNTIL '{{expiration}}'", "CREATE ROLE {{name}} PASSWORD '{{password}}'"], false],
    [['CREATE ROLE "{{name}}_too" VALID UNTIL \'{{expiration}}\''], false],
    [[create, 'ALTER ROLE {{name}} VALID UNTIL DEFAULT'], false],
    [[create, "SELECT public.prolong('{{name}}')"], false],
    [[`DO $$ BEGIN ${create}; END $$`], false],
  ] as const)('makes an account that plainly ends with its lease: %s: %s', ([creationStatements, expected]) => {
    expect(saysItsEnd(statementsOf({ ...newPostgresqlRole, creationStatements }, 'creation_statements'))).toBe(expected);
  });
});
