import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import { azureSasEngine } from '../azure-sas.ts';
import { checkAzureSasConnection, newAzureSasConnection } from './connection.ts';
import { ipRange } from './ip-range.ts';
import { type AzureSasRequest, materialFor } from './request.ts';
import { type AzureSasRole, newAzureSasRole } from './role.ts';

const clock = { now: () => 1_800_000_000_900, sleep: () => Promise.resolve() };
const key = (bytes = 64) => Secret.copy(Buffer.from(Buffer.alloc(bytes, 7).toString('base64')));
const account = (more: object = {}) => ({ ...newAzureSasConnection, account: 'wwmodels', accountKey: key(), ...more });
const role = (more: Partial<AzureSasRole> = {}): AzureSasRole => ({
  ...newAzureSasRole,
  container: 'models',
  permissions: 'rl',
  ...more,
});
const asked = (request: AzureSasRequest, more: Partial<AzureSasRole> = {}) => materialFor(role(more), clock, request);

describe('an account', () => {
  it.each<[string, object]>([
    ['account', { account: '' }],
    ['account_key', { accountKey: undefined }],
    ['account_key', { accountKey: Secret.fromText('not base64 at all, and long enough for a key') }],
    ['account_key', { accountKey: key(16) }],
    ['endpoint', { endpoint: 'http://wwmodels.blob.core.windows.net' }],
    ['endpoint', { endpoint: 'http://127.0.0.1:10000/wwmodels' }],
    ['endpoint', { endpoint: 'https://a@b.example' }],
    ['endpoint', { endpoint: 'https://b.example/?comp=list' }],
    ['endpoint', { endpoint: 'https://b.example/..' }],
    ['tls_ca', { tlsCa: 'no certificate' }],
  ])('with a wrong %s is refused: %o', (where, more) => {
    expect(() => checkAzureSasConnection(account(more))).toThrow(expect.objectContaining({ code: 'engine.invalid', where }));
  });

  it('may be Azure’s own or one at an address', () => {
    for (const endpoint of ['', 'https://wwmodels.privatelink.example', 'https://127.0.0.1:10000/wwmodels']) {
      expect(() => checkAzureSasConnection(account({ endpoint }))).not.toThrow();
    }
  });
});

describe('a role', () => {
  it.each<[string, Partial<AzureSasRole>]>([
    ['container', { container: '' }],
    ['permissions', { permissions: '' }],
    ['permissions', { scope: 'blob', permissions: 'l' }],
    ['prefix', { prefix: 'a/' }],
    ['prefix', { scope: 'directory' }],
    ['prefix', { scope: 'directory', prefix: 'a' }],
    ['prefix', { scope: 'blob', prefix: '../b/' }],
    ['prefix', { scope: 'blob', prefix: 'a//' }],
    ['prefix', { scope: 'blob', prefix: 'a\\b/' }],
    ['allowed_cidrs', { allowedCidrs: ['192.0.2.0/24', '198.51.100.0/24'] }],
    ['allowed_cidrs', { allowedCidrs: ['2001:db8::/32'] }],
    ['allowed_cidrs', { allowedCidrs: ['192.0.2.1/24'] }],
  ])('with a wrong %s is refused: %o', (where, more) => {
    expect(() => azureSasEngine.role.check(role(more))).toThrow(expect.objectContaining({ code: 'engine.invalid', where }));
  });

  it('names permissions by letters that there are, each once', () => {
    const { permissions, container } = z.object(azureSasEngine.role.fields).shape as Record<string, z.ZodString>;
    expect(['rl', 'racwdl', 'ldr'].map((text) => permissions?.safeParse(text).success)).toEqual([true, true, true]);
    expect(['rr', 'rwr', 'x', 'R', 'r,w'].map((text) => permissions?.safeParse(text).success)).toEqual(Array(5).fill(false));
    expect(['models', 'a-b-c'].map((text) => container?.safeParse(text).success)).toEqual([true, true]);
    expect(
      ['a', 'A-b', 'a--b', '-ab', 'a/b', 'a_b', `a${'b'.repeat(63)}`].map((text) => container?.safeParse(text).success),
    ).toEqual(Array(7).fill(false));
  });

  it('warns of what is wide, and not of what is narrow', () => {
    expect(azureSasEngine.role.check(role({ permissions: 'rwdl' }))).toHaveLength(3);
    const narrow = role({ scope: 'blob', prefix: 'churn/', permissions: 'r', allowedCidrs: ['192.0.2.0/24'] });
    expect(azureSasEngine.role.check(narrow)).toEqual([]);
  });
});

describe('what a caller asks for', () => {
  it('is all that the role allows when nothing is said', () => {
    expect(asked({})).toMatchObject({ resource: 'container', path: '', permissions: 'rl' });
    expect(asked({}, { scope: 'directory', prefix: 'a/b/' })).toMatchObject({ resource: 'directory', path: 'a/b' });
    expect(asked({}, { permissions: 'lwr' }).permissions).toBe('rwl');
  });

  it('is narrowed to a blob, a directory or some of the permissions', () => {
    expect(asked({ blob: 'a/x' })).toMatchObject({ resource: 'blob', path: 'a/x', permissions: 'r' });
    expect(asked({ prefix: 'a/b/' }, { scope: 'directory', prefix: 'a/' })).toMatchObject({ resource: 'directory', path: 'a/b' });
    expect(asked({ permissions: 'l' }).permissions).toBe('l');
  });

  it('begins as much earlier as the role says, at a whole second', () => {
    expect(asked({}).startsAt).toBe(1_799_999_700_000);
    expect(asked({}, { startSkew: 0 }).startsAt).toBe(1_800_000_000_000);
  });

  it.each<[string, AzureSasRequest, Partial<AzureSasRole>]>([
    ['blob', {}, { scope: 'blob', prefix: 'a/' }],
    ['blob', { blob: 'b/x' }, { scope: 'blob', prefix: 'a/' }],
    ['blob', { blob: 'a/../b/x' }, { scope: 'blob', prefix: 'a/' }],
    ['blob', { blob: 'a/./x' }, { scope: 'blob', prefix: 'a/' }],
    ['blob', { blob: 'a/' }, { scope: 'blob', prefix: 'a/' }],
    ['blob', { blob: 'a\\..\\b' }, {}],
    ['blob', { blob: 'a\nb' }, {}],
    ['prefix', { prefix: 'a/' }, {}],
    ['prefix', { prefix: 'a/', blob: 'a/x' }, { scope: 'directory', prefix: 'a/' }],
    ['prefix', { prefix: 'b/' }, { scope: 'directory', prefix: 'a/' }],
    ['prefix', { prefix: 'a/../b/' }, { scope: 'directory', prefix: 'a/' }],
    ['permissions', { permissions: 'w' }, {}],
    ['permissions', { permissions: 'l', blob: 'x' }, {}],
  ])('is refused when its %s is beyond the role: %o of %o', (where, request, more) => {
    expect(() => asked(request, more)).toThrow(expect.objectContaining({ code: 'request.invalid', where }));
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2.7/32', '192.0.2.7'],
  ['192.0.2.0/24', '192.0.2.0-192.0.2.255'],
  ['10.0.0.0/8', '10.0.0.0-10.255.255.255'],
  ['128.0.0.0/1', '128.0.0.0-255.255.255.255'],
  ['0.0.0.0/0', undefined],
  ['192.0.2.1/24', undefined],
  ['192.0.2.0/33', undefined],
  ['192.0.2', undefined],
  ['::1', undefined],
])('the network %s is the range %s', (cidr, range) => {
  expect(ipRange(cidr)).toBe(range);
});
