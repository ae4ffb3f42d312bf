import { describe, expect, test } from 'vitest';
import { checkMongodbRole, newMongodbRole, userOf } from './role.ts';

const roleOf = (...creationStatements: string[]) => ({ ...newMongodbRole, creationStatements });
const statement = (...roles: unknown[]) => roleOf(JSON.stringify({ db: 'admin', roles }));

describe('a role of MongoDB', () => {
  test('is read as Vault reads it', () => {
    const read = { role: 'read', db: 'features' };
    expect(userOf(roleOf('{"db": "admin", "roles": [{"role": "read", "db": "features"}]}'))).toEqual({
      db: 'admin',
      roles: [read],
    });
    expect(userOf(roleOf('{"roles": ["read"]}', ''))).toEqual({ db: 'admin', roles: [{ role: 'read', db: 'admin' }] });
    expect(userOf(roleOf('{"db": "features", "roles": ["read", {"role": "own role"}]}'))).toEqual({
      db: 'features',
      roles: [read, { role: 'own role', db: 'features' }],
    });
  });

  test.each([
    [[]],
    [['']],
    [['read']],
    [['{"roles": []}']],
    [['{"db": "admin"}']],
    [['{"roles": "read"}']],
    [['{"roles": ["read"], "pwd": "own"}']],
    [['{"roles": ["read"], "mechanisms": ["SCRAM-SHA-1"]}']],
    [['{"roles": [{"role": "read", "db": "a", "collection": "b"}]}']],
    [['{"roles": ["read"], "db": "$external"}']],
    [['{"roles": [{"role": "read", "db": "a.b"}]}']],
    [['{"roles": [{"$ne": ""}]}']],
    [['{"roles": [""]}']],
    [['{"roles": ["__system"]}']],
    [['{"roles": ["read"]}', '{"roles": ["readWrite"]}']],
    [['[{"roles": ["read"]}]']],
  ])('of %j is refused', (creationStatements) => {
    const check = () => checkMongodbRole(roleOf(...creationStatements));
    expect(check).toThrow(expect.objectContaining({ code: 'engine.invalid', where: 'creation_statements' }));
  });

  test('revokes where it made the user', () => {
    const made = roleOf('{"db": "features", "roles": ["read"]}');
    expect(checkMongodbRole({ ...made, revocationStatements: ['{"db": "features"}'] })).toEqual([]);
    expect(checkMongodbRole({ ...made, revocationStatements: [''] })).toEqual([]);
    for (const elsewhere of ['{}', '{"db": "admin"}', 'db.dropUser("x")', '{"db": "features", "user": "x"}']) {
      const check = () => checkMongodbRole({ ...made, revocationStatements: [elsewhere] });
      expect(check).toThrow(expect.objectContaining({ code: 'engine.invalid', where: 'revocation_statements' }));
    }
  });

  test('is warned of where what holders do outlives them, or is everywhere', () => {
    expect(checkMongodbRole(statement('read', { role: 'readWrite', db: 'features' }, 'clusterMonitor'))).toEqual([]);
    expect(checkMongodbRole(statement('root', 'dbOwner', 'root'))).toEqual([
      'root, dbOwner: by it, holders make users and roles that outlive their lease',
    ]);
    expect(checkMongodbRole(statement('userAdminAnyDatabase', 'hostManager', 'backup'))).toHaveLength(3);
  });
});
