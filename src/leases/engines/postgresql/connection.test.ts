import { describe, expect, test } from 'vitest';
import { Secret } from '../../../foundation/secret.ts';
import { addressOf, checkPostgresqlConnection, driverSettings, newPostgresqlConnection } from './connection.ts';

const at = (rest: string) => ({ connectionUrl: `postgresql://{{username}}:{{password}}@${rest}` });
const connection = (more: object = {}) => ({ ...newPostgresqlConnection, ...at('db.example/app'), username: 'vault', ...more });

describe('a connection URL', () => {
  test('says where the server is', () => {
    expect(addressOf(at('db.example:6432/app'))).toEqual({ host: 'db.example', port: 6432, database: 'app', tls: true });
    expect(addressOf(at('[2001:db8::1]/app?connect_timeout=5'))).toMatchObject({ host: '2001:db8::1', port: 5432 });
    expect(addressOf(at('localhost/app?host=/run/postgresql'))).toMatchObject({ host: '/run/postgresql', tls: false });
  });

  test.for([
    ['db.example/app', true],
    ['db.example/app?sslmode=require', true],
    ['db.example/app?sslmode=verify-ca', true],
    ['db.example/app?sslmode=disable', false],
    ['127.0.0.1/app', false],
    ['[::1]/app', false],
    ['localhost/app', false],
    ['localhost/app?sslmode=verify-full', true],
    ['127.0.0.1.db.example/app', true],
  ] as const)('means TLS or not: %s', ([rest, tls]) => {
    expect(addressOf(at(rest)).tls).toBe(tls);
  });

  test.for([
    ['mysql://{{username}}:{{password}}@db.example/app', 'must be like'],
    ['host=db.example dbname=app', 'must be like'],
    ['postgresql://vault:{{password}}@db.example/app', 'must say {{username}}'],
    ['postgresql://{{username}}:open@db.example/app', 'must say {{password}}'],
    ['postgresql://{{username}}:{{password}}@db.example', 'must name a database'],
    ['postgresql://{{username}}:{{password}}@a,b/app', 'must '],
    ['postgresql://{{username}}:{{password}}@db.example/app?sslmode=prefer', 'sslmode must be'],
    ['postgresql://{{username}}:{{password}}@db.example/app?sslrootcert=/etc/passwd', 'sslrootcert is not taken'],
    ['postgresql://{{username}}:{{password}}@db.example/app?options=-csearch_path%3Devil', 'options is not taken'],
  ] as const)('is refused: %s', ([connectionUrl, message]) => {
    expect(() => addressOf({ connectionUrl })).toThrow(message);
  });

  test('with a password in it is refused without repeating it', () => {
    const password = Array.from({ length: 3 }, (_each, index) => `part${index}`).join('-');
    const error = (() => {
      try {
        addressOf({ connectionUrl: `postgresql://{{username}}:${password}@db.example/app` });
      } catch (thrown) {
        return String(thrown);
      }
      return '';
    })();
    expect(error).toContain('password');
    expect(error).not.toContain(password);
  });
});

describe('a connection', () => {
  test('needs a name, both halves of a certificate, and leaves the names of accounts to us', () => {
    expect(() => checkPostgresqlConnection(connection())).not.toThrow();
    expect(() => checkPostgresqlConnection(connection({ username: '' }))).toThrow('username: must not be empty');
    expect(() => checkPostgresqlConnection(connection({ tlsCertificate: 'x' }))).toThrow('private_key: goes together');
    expect(() => checkPostgresqlConnection(connection({ privateKey: Secret.fromText('x') }))).toThrow('private_key');
    expect(() => checkPostgresqlConnection(connection({ usernameTemplate: 'x' }))).toThrow('username_template: is not taken');
    expect(() => checkPostgresqlConnection(connection({ rootRotationStatements: ['x'] }))).toThrow(
      'root_rotation_statements: is not',
    );
    expect(() => checkPostgresqlConnection(connection({ authType: 'gcp_iam' }))).toThrow('auth_type: is not taken');
  });

  test('takes nothing from the environment, and always looks at the certificate', async () => {
    const settings = driverSettings(connection({ tlsCa: 'PEM' }));
    expect(settings).toMatchObject({ user: 'vault', ssl: { rejectUnauthorized: true, ca: 'PEM' } });
    expect(typeof settings.password === 'function' && (await settings.password())).toBe('');
    expect(driverSettings(connection({ ...at('db.example/app?sslmode=disable') })).ssl).toBe(false);
  });
});
