import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Signed, serviceSas } from './signature.ts';

const key = Buffer.alloc(64, 9);
const signed: Signed = {
  account: 'wwmodels',
  container: 'models',
  resource: 'blob',
  path: 'churn/v1 a+b.bin',
  permissions: 'r',
  startsAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  expiresAt: Date.UTC(2026, 0, 2, 4, 4, 5, 999),
  addresses: '192.0.2.0-192.0.2.255',
};
const read = (sas: string) => new URLSearchParams(sas);
const signatureOf = (lines: readonly string[]) => createHmac('sha256', key).update(lines.join('\n')).digest('base64');

describe('a signature', () => {
  it('is over the sixteen lines of the documentation', () => {
    const times = ['2026-01-02T03:04:05Z', '2026-01-02T04:04:05Z'];
    const lines = ['r', ...times, '/blob/wwmodels/models/churn/v1 a+b.bin', '', signed.addresses, 'https', '2022-11-02', 'b'];
    expect(read(serviceSas(signed, key)).get('sig')).toBe(signatureOf([...lines, '', '', '', '', '', '', '']));
  });

  it('is for https alone, and says from when until when', () => {
    expect(Object.fromEntries(read(serviceSas(signed, key)))).toMatchObject({
      sv: '2022-11-02',
      spr: 'https',
      sr: 'b',
      sp: 'r',
      st: '2026-01-02T03:04:05Z',
      se: '2026-01-02T04:04:05Z',
      sip: '192.0.2.0-192.0.2.255',
    });
  });

  it('of a directory says how deep it is, and is over its path without a slash', () => {
    const sas = read(serviceSas({ ...signed, resource: 'directory', path: 'a/b/c', addresses: '' }, key));
    expect([sas.get('sr'), sas.get('sdd'), sas.get('sip')]).toEqual(['d', '3', null]);
    const times = ['2026-01-02T03:04:05Z', '2026-01-02T04:04:05Z'];
    const lines = ['r', ...times, '/blob/wwmodels/models/a/b/c', '', '', 'https', '2022-11-02', 'd', '', '', '', '', '', '', ''];
    expect(sas.get('sig')).toBe(signatureOf(lines));
  });

  it('of a container names no path, and no depth', () => {
    const sas = read(serviceSas({ ...signed, resource: 'container', path: '' }, key));
    expect([sas.get('sr'), sas.get('sdd')]).toEqual(['c', null]);
  });
});
