import { expect, test } from 'vitest';
import type { VaultAnswer } from '../testing/vault-client.ts';
import { BrokenPromise, Ledger, Unavailable } from './ledger.ts';

const answer = (status: number, id?: string): VaultAnswer => ({ status, headers: {}, text: '', json: { request_id: id } });
const broken = () => Promise.reject(new Error('ECONNRESET'));

test('what was acknowledged is all that may be found', async () => {
  const ledger = new Ledger();
  await ledger.change('a', '1', async () => answer(200));
  await ledger.change('a', '2', async () => answer(204));
  ledger.found('a', '2');
  for (const state of ['1', '3', undefined]) expect(() => ledger.found('a', state)).toThrow(BrokenPromise);
});

test('what got no answer may be found done or not done, and from then on only so', async () => {
  for (const found of ['1', '2']) {
    const ledger = new Ledger();
    await ledger.change('a', '1', async () => answer(200));
    await expect(ledger.change('a', '2', broken)).rejects.toThrow('ECONNRESET');
    expect(() => ledger.found('a', '3')).toThrow(BrokenPromise);
    ledger.found('a', found);
    expect(() => ledger.found('a', found === '1' ? '2' : '1')).toThrow(BrokenPromise);
  }
});

test('503 says as little as a broken connection, and nothing is sent while it is not known more', async () => {
  const ledger = new Ledger();
  await expect(ledger.change('a', '1', async () => answer(503))).rejects.toThrow(Unavailable);
  await expect(ledger.change('a', '2', async () => answer(200))).rejects.toThrow(Unavailable);
  ledger.found('a', undefined);
  await ledger.change('a', '2', async () => answer(200));
  ledger.found('a', '2');
});

test('only success is expected in the log', async () => {
  const ledger = new Ledger();
  ledger.note(answer(200, 'served'));
  ledger.note(answer(404, 'missing'));
  await expect(ledger.change('a', '1', async () => answer(403, 'denied'))).rejects.toThrow(BrokenPromise);
  expect([...ledger.answered]).toEqual(['served']);
});
