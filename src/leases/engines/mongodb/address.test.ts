import { describe, expect, test } from 'vitest';
import { parseAddress } from './address.ts';

const at = (rest: string, scheme = 'mongodb') => `${scheme}://{{username}}:{{password}}@${rest}`;
const common = { directConnection: false, loadBalanced: false, authSource: 'admin' };

describe('a connection string', () => {
  test.each([
    ['db.example', { url: 'mongodb://db.example/', tls: true }],
    ['db.example/', { url: 'mongodb://db.example/', tls: true }],
    ['db.example:27018/?tls=false', { url: 'mongodb://db.example:27018/', tls: false }],
    ['127.0.0.1:27017', { url: 'mongodb://127.0.0.1:27017/', tls: false }],
    ['[::1]:27017,localhost', { url: 'mongodb://[::1]:27017,localhost/', tls: false }],
    ['localhost,db.example', { url: 'mongodb://localhost,db.example/', tls: true }],
    ['127.0.0.1/admin?ssl=true', { url: 'mongodb://127.0.0.1/', tls: true }],
    ['db.example/features', { url: 'mongodb://db.example/', tls: true, authSource: 'features' }],
    ['db.example/features?AuthSource=admin', { url: 'mongodb://db.example/', tls: true }],
    ['a,b/?replicaSet=rs0&retryWrites=true&appName=x', { url: 'mongodb://a,b/', tls: true, replicaSet: 'rs0' }],
    [
      'a/?directConnection=true&authMechanism=SCRAM-SHA-1',
      { url: 'mongodb://a/', tls: true, directConnection: true, authMechanism: 'SCRAM-SHA-1' },
    ],
  ])('%s is read as the driver would', (rest, read) => {
    expect(parseAddress(at(rest), false)).toEqual({ ...common, ...read });
  });

  test('of a service record means TLS', () => {
    expect(parseAddress(at('cluster.example/', 'mongodb+srv'), false)).toEqual({
      ...common,
      url: 'mongodb+srv://cluster.example/',
      tls: true,
    });
  });

  test('beside certificates means TLS, on this machine too', () => {
    expect(parseAddress(at('127.0.0.1'), true).tls).toBe(true);
    expect(() => parseAddress(at('127.0.0.1/?tls=false'), true)).toThrow(/contradicts/);
  });

  test.each([
    ['mongodb://db.example/admin'],
    ['mongodb://root:secret@db.example/admin'],
    ['mongodb://{{username}}:{{password}}@'],
    ['mongodb://{{username}}:{{password}}@a@b/'],
    ['http://{{username}}:{{password}}@db.example/'],
    [at('db.example:0')],
    [at('db.example:70000')],
    [at('[localhost]')],
    [at('%2Ftmp%2Fmongodb.sock')],
    [at('a,,b')],
    [at('cluster.example:27017', 'mongodb+srv')],
    [at('10.0.0.1', 'mongodb+srv')],
    [at('a,b', 'mongodb+srv')],
    [at(Array.from({ length: 51 }, (_, index) => `h${index}`).join(','))],
    [at('a/?tlsInsecure=true')],
    [at('a/?tlsAllowInvalidCertificates=true')],
    [at('a/?tlsAllowInvalidHostnames=true')],
    [at('a/?tlsCAFile=/etc/passwd')],
    [at('a/?tlsCertificateKeyFile=/etc/passwd')],
    [at('a/?proxyHost=elsewhere.example')],
    [at('a/?authMechanism=MONGODB-AWS')],
    [at('a/?authMechanism=PLAIN')],
    [at('a/?authMechanismProperties=ENVIRONMENT:azure')],
    [at('a/?authSource=$external')],
    [at('a/$external')],
    [at('a/%E0%A4%A')],
    [at('a,b/?directConnection=true')],
    [at('cluster.example/?directConnection=true', 'mongodb+srv')],
    [at('a,b/?loadBalanced=true')],
    [at('a/?loadBalanced=true&replicaSet=rs0')],
    [at('a/?w=0')],
    [at('a/?readPreference=secondary')],
    [at('a/?tls=yes')],
    [at('a/?tls=true&ssl=false')],
  ])('%s is refused', (url) => {
    expect(() => parseAddress(url, false)).toThrow(expect.objectContaining({ code: 'engine.invalid', where: 'connection_url' }));
  });
});
