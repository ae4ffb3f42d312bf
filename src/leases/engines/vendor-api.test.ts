import { describe, expect, it } from 'vitest';
import type { Network, OutgoingAnswer } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { checkVendorUrl, refusalOf, VendorApi, type VendorRequest } from './vendor-api.ts';

const request: VendorRequest = {
  what: 'a token',
  method: 'POST',
  url: 'https://vendor.example/token',
  bearer: Secret.fromText('word of ours'),
  body: { a: 1 },
  signal: new AbortController().signal,
  changes: true,
};

const api = (answer: () => Promise<OutgoingAnswer>) => {
  const network: Network = { request: answer };
  return new VendorApi(network, { tlsCa: '', internal: false });
};
const failing = (code: string) => api(() => Promise.reject(Object.assign(new Error('failed'), { code })));

describe('where no answer comes', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['network.address', 'unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'refused'],
    ['ECONNRESET', 'unknown-outcome'],
    ['network.timeout', 'unknown-outcome'],
    ['network.too-large', 'unknown-outcome'],
  ])('%s is %s for what may have been done', async (code, kind) => {
    await expect(failing(code).ask(request)).rejects.toMatchObject({ kind, message: expect.stringContaining(code) });
  });

  it('what changes nothing is asked again without harm', async () => {
    await expect(failing('ECONNRESET').ask({ ...request, changes: false })).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('nothing is sent once the time is over', async () => {
    const silent = api(() => Promise.reject(new Error('was asked')));
    const late = { ...request, signal: AbortSignal.abort() };
    await expect(silent.ask(late)).rejects.toMatchObject({ kind: 'unreachable', message: 'a token: no time is left' });
  });
});

describe('an answer', () => {
  const answer = (status: number, headers: Readonly<Record<string, string>> = {}) => ({ status, headers, json: undefined });

  it('that is no JSON is undefined', async () => {
    const page = api(async () => ({ status: 200, headers: {}, body: Buffer.from('<html>') }));
    expect((await page.ask(request)).json).toBeUndefined();
  });

  it.each<[number, Readonly<Record<string, string>>, string]>([
    [400, {}, 'refused'],
    [403, {}, 'refused'],
    [403, { 'retry-after': '60' }, 'throttled'],
    [403, { 'x-ratelimit-remaining': '0' }, 'throttled'],
    [429, {}, 'throttled'],
    [500, {}, 'unknown-outcome'],
    [502, {}, 'unknown-outcome'],
  ])('%i with %o is %s', (status, headers, kind) => {
    expect(refusalOf(request, answer(status, headers), '').kind).toBe(kind);
  });

  it('is told in its words, short, on one line, and without what was sent', () => {
    const also = { ...request, secrets: [Secret.fromText('another one')] };
    const signed = ['head'.repeat(5), 'claims'.repeat(5), 'signature'.repeat(5)].join('.');
    const said = `no\r\nword of ours, another one, ${signed} ${'x'.repeat(1000)}`;
    const { message } = refusalOf(also, answer(400), said);
    expect(message).toMatch(/^a token: 400 no {1,2}\[redacted\], \[redacted\], \[redacted\] x+$/);
    expect(message.length).toBeLessThan(350);
  });
});

describe('an address', () => {
  it.each(['https://a.example', 'https://a.example:8443/api/v3', 'https://[::1]:1/', 'https://a.example/k8s/clusters/c-1'])(
    '%s can be asked',
    (url) => {
      expect(() => checkVendorUrl('url', url, '')).not.toThrow();
    },
  );

  it.each([
    'http://a.example',
    'https://u:p@a.example',
    'https://a.example/?q',
    'https://a.example/../b',
    'https://a.example:0',
    'a',
  ])('%s cannot', (url) => {
    expect(() => checkVendorUrl('url', url, '')).toThrow(expect.objectContaining({ code: 'engine.invalid', where: 'url' }));
  });
});
