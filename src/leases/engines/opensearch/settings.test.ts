import { compare, getRounds } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../foundation/node-ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { checkOpensearchConnection, newOpensearchConnection } from './connection.ts';
import { passwordHash } from './password-hash.ts';
import { checkOpensearchRole, grantsOf } from './role.ts';

const connection = {
  ...newOpensearchConnection,
  url: 'https://search.example:9200',
  username: 'watchword',
  password: Secret.fromText('a word'),
};
const says = (statement: unknown) => ({
  creationStatements: [typeof statement === 'string' ? statement : JSON.stringify(statement)],
});
const own = (permission: object) => ({ opensearch_role_definition: { index_permissions: [permission] } });
const READ = { index_patterns: ['features-*'], allowed_actions: ['read'] };

describe('a connection', () => {
  it.each(['https://search.example:9200', 'https://search.example/prefix/', 'http://127.0.0.1:9200', 'https://[::1]:9200'])(
    'to %s is taken',
    (url) => {
      expect(() => checkOpensearchConnection({ ...connection, url })).not.toThrow();
    },
  );

  it.each<[string, object]>([
    ['url', { url: '' }],
    ['url', { url: 'http://search.example:9200' }],
    ['url', { url: 'https://user:word@search.example' }],
    ['url', { url: 'https://search.example/?a=b' }],
    ['url', { url: 'https://search.example/../x' }],
    ['url', { url: 'ftp://search.example' }],
    ['username', { username: '' }],
    ['username', { username: 'a:b' }],
    ['password', { password: undefined }],
    ['tls_ca', { tlsCa: 'no certificate' }],
  ])('without a good %s is refused: %o', (where, more) => {
    expect(() => checkOpensearchConnection({ ...connection, ...more })).toThrow(where);
  });

  it('may be plain where that is said', () => {
    const plain = { ...connection, url: 'http://search.example:9200', plainHttp: true };
    expect(() => checkOpensearchConnection(plain)).not.toThrow();
  });
});

describe('a role', () => {
  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /is no JSON/],
    ['a list', [], /it: /],
    ['nothing in it', {}, /gives nothing/],
    ['an empty definition', { opensearch_role_definition: {} }, /gives nothing/],
    ['an unknown member', { opensearch_roles: ['a'], admin: true }, /admin/],
    ['a member that schemas overlook', '{"opensearch_roles": ["a"], "__proto__": {"b": 1}}', /is no JSON/],
    ['an unknown member within', own({ ...READ, fsl: ['~secret'] }), /index_permissions\.0.*fsl/],
    ['no actions', own({ index_patterns: ['a'], allowed_actions: [] }), /allowed_actions/],
    ['no patterns', own({ index_patterns: [], allowed_actions: ['read'] }), /index_patterns/],
    ['a name that leads elsewhere', { opensearch_roles: ['../internalusers'] }, /opensearch_roles\.0/],
    ['a name that is a folder', { opensearch_roles: ['..'] }, /is no name/],
    ['a wildcard for a name', { opensearch_roles: ['*'] }, /may not hold/],
    ['an encoded name', { opensearch_roles: ['a%2Fb'] }, /may not hold/],
    ['a control character', { opensearch_roles: ['a\nb'] }, /control characters/],
    ['a role of a lease', { opensearch_roles: ['ww_instance_lease'] }, /leases/],
    ['everything', { opensearch_roles: ['all_access'] }, /outlive/],
    ['the right to make users', { opensearch_role_definition: { cluster_permissions: ['restapi:admin/*'] } }, /outlive/],
    ['the right to make tokens', { opensearch_role_definition: { cluster_permissions: ['security:obo/create'] } }, /outlive/],
  ])('with %s is refused', (_what, statement, message) => {
    expect(() => checkOpensearchRole(says(statement))).toThrow(message);
  });

  it.each<[string, readonly string[]]>([
    ['without a statement', []],
    ['with two', ['{"opensearch_roles": ["a"]}', '{"opensearch_roles": ["b"]}']],
  ])('%s is refused', (_what, creationStatements) => {
    expect(() => checkOpensearchRole({ creationStatements })).toThrow('must be one JSON object');
  });

  it('gives what it says, and nothing else', () => {
    const role = says({ opensearch_roles: ['reader'], backend_roles: ['team'], ...own({ ...READ, dls: '{"match_all": {}}' }) });
    expect(grantsOf(role)).toEqual({
      opensearch_roles: ['reader'],
      backend_roles: ['team'],
      opensearch_role_definition: {
        cluster_permissions: [],
        index_permissions: [{ ...READ, dls: '{"match_all": {}}' }],
        tenant_permissions: [],
      },
    });
    expect(checkOpensearchRole(says(own(READ)))).toEqual([]);
  });

  it.each<[object, RegExp]>([
    [own({ ...READ, index_patterns: ['*'] }), /every index/],
    [own({ ...READ, index_patterns: ['/feat.*/'] }), /regular expression/],
    [{ opensearch_role_definition: { cluster_permissions: ['*'] } }, /whole cluster/],
    [{ backend_roles: ['team'] }, /role mappings/],
  ])('of %j is warned', (statement, warning) => {
    expect(checkOpensearchRole(says(statement))).toEqual([expect.stringMatching(warning)]);
  });
});

describe('the hash of a password', () => {
  it('is salted, as cheap as bcrypt has it, and knows its password alone', async () => {
    const [one, other] = [
      await passwordHash(connection.password, systemRandom),
      await passwordHash(connection.password, systemRandom),
    ];
    expect(one).not.toBe(other);
    for (const hash of [one, other]) {
      expect([getRounds(hash), hash.slice(0, 4)]).toEqual([4, '$2y$']);
      expect(await compare('a word', hash)).toBe(true);
      expect(await compare('a worD', hash)).toBe(false);
    }
  });

  it('is that of the whole password, or none', async () => {
    const long = Secret.fromText('x'.repeat(73));
    await expect(passwordHash(long, systemRandom)).rejects.toThrow('72 bytes');
  });
});
