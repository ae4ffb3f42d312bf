import { describe, expect, test } from 'vitest';
import { selfSigned } from '../../../src/api/middleware/testing/self-signed.ts';
import { Secret } from '../../../src/foundation/secret.ts';
import { checkMysqlConnection, type MysqlConnection, newMysqlConnection } from '../../../src/leases/engines/mysql/connection.ts';

const us = '{{username}}:{{password}}@';

describe('a connection', () => {
  const { cert, key } = selfSigned();
  const good: MysqlConnection = {
    ...newMysqlConnection,
    connectionUrl: `${us}tcp(db.example:3306)/`,
    username: 'watchword',
    password: Secret.fromText('p'),
  };
  test.for([
    [{}, undefined],
    [{ tlsCa: cert }, undefined],
    [{ password: undefined, tlsCertificateKey: Secret.fromText(cert + key) }, undefined],
    [{ connectionUrl: `${us}tcp(10.0.0.5)/`, tlsServerName: 'db.example' }, undefined],
    [{ connectionUrl: `${us}tcp(10.0.0.5)/` }, 'tls_server_name'],
    [{ tlsServerName: '10.0.0.5' }, 'tls_server_name'],
    [{ username: '' }, 'username'],
    [{ password: undefined }, 'password'],
    [{ tlsCa: 'no certificate' }, 'tls_ca'],
    [{ tlsCertificateKey: Secret.fromText(cert) }, 'tls_certificate_key'],
    [{ rootRotationStatements: ["ALTER USER '{{username}}' IDENTIFIED BY '{{password}}"] }, 'root_rotation_statements'],
    [{ rootRotationStatements: ["SELECT '{{expiration}}'"] }, 'root_rotation_statements'],
  ] as const)('with %o is wrong in %s', ([settings, where]) => {
    const check = () => checkMysqlConnection({ ...good, ...settings } as MysqlConnection);
    if (where === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'engine.invalid', where }));
  });
});
