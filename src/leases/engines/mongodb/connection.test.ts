import { describe, expect, test } from 'vitest';
import { Secret } from '../../../foundation/secret.ts';
import { checkMongodbConnection, newMongodbConnection, writeConcernOf } from './connection.ts';

describe('a write concern', () => {
  test.each([
    ['', { w: 'majority', wtimeout: 5000 }],
    ['{}', { w: 'majority', wtimeout: 5000 }],
    ['{"wmode": "majority", "wtimeout": 9000}', { w: 'majority', wtimeout: 9000 }],
    ['{"W": 2, "J": true}', { w: 2, wtimeout: 5000, j: true }],
    ['{"WMode": "multiDC", "fsync": false}', { w: 'multiDC', wtimeout: 5000 }],
  ])('%j is %j', (writeConcern, read) => {
    expect(writeConcernOf({ writeConcern })).toEqual(read);
  });

  test.each([
    ['majority'],
    ['null'],
    ['[]'],
    ['{"w": 0}'],
    ['{"w": 1, "wmode": "majority"}'],
    ['{"wtimeout": 0}'],
    ['{"wtimeout": 3600000}'],
    ['{"fsync": true}'],
    ['{"provenance": "x"}'],
  ])('%j is refused', (writeConcern) => {
    expect(() => writeConcernOf({ writeConcern })).toThrow(
      expect.objectContaining({ code: 'engine.invalid', where: 'write_concern' }),
    );
  });
});

describe('a connection', () => {
  const good = {
    ...newMongodbConnection,
    connectionUrl: 'mongodb://{{username}}:{{password}}@db.example/',
    username: 'watchword',
    password: Secret.fromText('of the test'),
  };

  test('with an account is taken', () => {
    expect(() => checkMongodbConnection(good)).not.toThrow();
  });

  test.each([
    ['connection_url', { connectionUrl: 'db.example' }],
    ['username', { username: '' }],
    ['password', { password: undefined }],
    ['password', { password: Secret.fromText('') }],
    ['password', { password: Secret.fromText('pässwort') }],
    ['tls_ca', { tlsCa: '-----BEGIN CERTIFICATE-----' }],
    ['tls_certificate_key', { tlsCertificateKey: Secret.fromText('no pem') }],
    ['write_concern', { writeConcern: '1' }],
  ])('is refused by its %s', (where, change) => {
    const check = () => checkMongodbConnection({ ...good, ...change });
    expect(check).toThrow(expect.objectContaining({ code: 'engine.invalid', where }));
  });
});
