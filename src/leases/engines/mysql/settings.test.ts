import { describe, expect, test } from 'vitest';
import { Secret } from '../../../foundation/secret.ts';
import { parseAddress } from './address.ts';
import { fill } from './credential.ts';
import { checkGrant } from './grants.ts';
import { checkMysqlRole, type MysqlRole, newMysqlRole, parse } from './role.ts';

const us = '{{username}}:{{password}}@';

describe('the address of a server', () => {
  test.for([
    ['tcp(db.example:3307)/', { host: 'db.example', port: 3307, database: '', tls: true }],
    ['tcp(db.example)/features', { host: 'db.example', port: 3306, database: 'features', tls: true }],
    ['tcp(10.0.0.5:3306)/?tls=false', { host: '10.0.0.5', port: 3306, database: '', tls: false }],
    ['tcp(127.0.0.1:3306)/', { host: '127.0.0.1', port: 3306, database: '', tls: false }],
    ['tcp(localhost:3306)/?tls=true&parseTime=true', { host: 'localhost', port: 3306, database: '', tls: true }],
    ['tcp([::1]:3306)/a%2Fb', { host: '::1', port: 3306, database: 'a/b', tls: false }],
    ['unix(/run/mysqld/mysqld.sock)/', { host: '/run/mysqld/mysqld.sock', port: 0, database: '', tls: false }],
  ] as const)('%s is read as Go does, and TLS is left out only on this machine or where it says so', ([place, address]) => {
    expect(parseAddress(us + place, false)).toEqual(address);
  });

  test.for([
    ['tcp(db:3306)', 'must be like'],
    ['db:3306/', 'must be like'],
    ['tcp(db:3306)/?tls=skip-verify', 'lets anybody be the server'],
    ['tcp(db:3306)/?tls=preferred', 'lets anybody be the server'],
    ['tcp(db:3306)/?tls=custom', 'goes to tls_ca'],
    ['tcp(db:3306)/?tls=true&tls=false', 'stands there twice'],
    ['tcp(db:3306)/?allowCleartextPasswords=true', 'allowCleartextPasswords is not taken'],
    ['tcp(db:3306)/?allowFallbackToPlaintext=true', 'allowFallbackToPlaintext is not taken'],
    ['tcp(db:3306)/?allowAllFiles=true', 'allowAllFiles is not taken'],
    ['tcp(a,b)/', 'holds one host'],
    ['tcp(db:0)/', 'holds one host'],
    ['tcp(db:99999)/', 'holds one host'],
    ['tcp([db]:3306)/', 'holds one host'],
    ['tcp()/', 'holds one host'],
    ['unix(mysqld.sock)/', 'whole path'],
    ['unix(/s)/?tls=true', 'makes no sense'],
    ['tcp(db)/%zz', 'not encoded'],
  ] as const)('%s is refused', ([place, message]) => {
    expect(() => parseAddress(us + place, false)).toThrow(message);
  });

  test('holds neither a name nor a password', () => {
    for (const login of ['root:{{password}}@', '{{username}}:secret@', '{{username}}@', '']) {
      expect(() => parseAddress(`${login}tcp(db:3306)/`, false)).toThrow('fields of their own');
    }
  });

  test('without TLS contradicts certificates', () => {
    expect(parseAddress(`${us}tcp(127.0.0.1)/`, true).tls).toBe(true);
    expect(() => parseAddress(`${us}tcp(db)/?tls=false`, true)).toThrow('contradicts');
    expect(() => parseAddress(`${us}unix(/s)/`, true)).toThrow('makes no sense');
  });
});

describe('a role', () => {
  const checked = (role: Partial<MysqlRole>) => checkMysqlRole({ ...newMysqlRole, ...role });
  const creation = "CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'";

  test('of statements or of grants is taken, and of both or of neither is not', () => {
    expect(checked({ creationStatements: [creation] })).toEqual([]);
    expect(checked({ grants: ['SELECT ON features.*'] })).toEqual([]);
    expect(() => checked({})).toThrow('creation_statements: must say');
    expect(() => checked({ creationStatements: [creation], grants: ['SELECT ON a.*'] })).toThrow('grants: go without');
  });

  test.for([
    ["CREATE USER 'x' IDENTIFIED BY '{{password}}'", 'must make an account'],
    ["CREATE USER '{{name}}'", 'IDENTIFIED BY'],
    [`${creation}; ALTER USER watchword IDENTIFIED BY 'x'`, 'statement 2, character 12: changes an account'],
    [`${creation}; ALTER USER CURRENT_USER() IDENTIFIED BY 'x'`, 'statement 2, character 12: changes an account'],
    [`${creation}; create /* a */ or replace user if not exists '{{name}}', backdoor@'%'`, 'changes an account'],
    [`${creation}; CREATE USER '{{name}}_too'`, 'changes an account'],
    [`${creation}; SET PASSWORD = PASSWORD('x')`, 'changes an account'],
    [`${creation}; SET PASSWORD FOR 'root'@'localhost' = PASSWORD('x')`, 'changes an account'],
    [
      `${creation}; GRANT SELECT ON {{database}}.* TO '{{name}}'`,
      'statement 2, character 17: there is no placeholder {{database}}',
    ],
  ] as const)('with %s is refused', ([statement, message]) => {
    expect(() => checked({ creationStatements: [statement] })).toThrow(message);
  });

  test('does not know the password later', () => {
    for (const field of ['revocationStatements', 'rollbackStatements', 'renewStatements'] as const) {
      expect(() => checked({ creationStatements: [creation], [field]: ["SELECT '{{password}}'"] })).toThrow('not known any more');
    }
  });

  test('is warned of what should not be', () => {
    expect(checked({ creationStatements: [creation, "GRANT SELECT ON a.* TO '{{name}}' WITH GRANT OPTION"] })).toEqual([
      expect.stringContaining('pass on'),
    ]);
    expect(checked({ creationStatements: [creation, "GRANT ALL PRIVILEGES ON *.* TO '{{name}}'"] })).toEqual([
      expect.stringContaining('*.*'),
    ]);
    expect(checked({ grants: ['SELECT ON *.*'] })).toEqual([expect.stringContaining('*.*')]);
  });
});

describe('a grant', () => {
  test.for([
    ['SELECT ON features.*', ['SELECT'], 'features', '*'],
    ['select, Create View on `my db`.`t``1`', ['SELECT', 'CREATE VIEW'], 'my db', 't`1'],
    ['SELECT (a, `b`), INSERT ON TABLE features.users', ['SELECT', 'INSERT'], 'features', 'users'],
    ['ALL PRIVILEGES ON *.*', ['ALL PRIVILEGES'], '*', '*'],
  ] as const)('%s is read', ([text, privileges, schema, object]) => {
    expect(checkGrant(text, 'grants')).toMatchObject({ privileges, schema, object });
  });

  test.for([
    'SELECT ON a.* TO root',
    "SELECT ON a.* TO 'x'@'%' IDENTIFIED BY 'y' -- ",
    'SELECT ON a.* WITH GRANT OPTION',
    'SELECT ON a.*; DROP DATABASE a',
    'SELECT ON a',
    'SELECT ON *.t',
    'SELECT ON {{name}}.*',
    "SELECT ON 'a'.*",
    'ON a.*',
    'SELECT, ON a.*',
    'SELECT (a ON a.*',
    'reader',
    'PROXY ON root@localhost',
    'SELECT ON a.`b',
  ])('%s is refused', (text) => {
    expect(() => checkGrant(text, 'grants')).toThrow(/^grants: /);
  });

  test('takes no comment along that would hide what follows', () => {
    expect(checkGrant('SELECT ON a.* -- TO root', 'grants').text.trim()).toBe('SELECT ON a.*');
    expect(checkGrant('SELECT /* a */ ON a.* # x', 'grants').text.trim()).toBe('SELECT   ON a.*');
  });
});

describe('a statement with a password', () => {
  const password = Secret.fromText('Pa55');
  const filled = (text: string, mariadb: boolean) =>
    parse([text], 'f').map((statement) => fill(statement, { values: { name: 'ww' }, password }, mariadb))[0];

  test.for([
    ["CREATE USER '{{name}}' IDENTIFIED BY '{{password}}'", /^CREATE USER 'ww' IDENTIFIED BY PASSWORD '\*[0-9A-F]{40}'$/],
    ['CREATE USER {{name}} identified by {{password}}', /^CREATE USER `ww` identified by PASSWORD '\*[0-9A-F]{40}'$/],
    ['X IDENTIFIED BY /* a */ "{{password}}"', /^X IDENTIFIED BY \/\* a \*\/ PASSWORD '\*[0-9A-F]{40}'$/],
    ["X IDENTIFIED VIA ed25519 USING PASSWORD('{{password}}')", /^X IDENTIFIED VIA ed25519 USING PASSWORD\('Pa55'\)$/],
    ["X IDENTIFIED BY 'a{{password}}'", /^X IDENTIFIED BY 'aPa55'$/],
  ] as const)('%s holds its hash for MariaDB where that means the same', ([text, expected]) => {
    expect(filled(text, true)).toMatch(expected);
    expect(filled(text, false)).toContain('Pa55');
    expect(filled(text, false)).not.toMatch(/\*[0-9A-F]{40}/);
  });
});
