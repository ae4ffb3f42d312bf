import { describe, expect, it } from 'vitest';
import { MAX_EVENT_BYTES } from '../transparency/log-format.ts';
import { eventLine } from './bounded-line.ts';
import type { AuditRecord } from './contract.ts';
import { testRecord } from './testing/log-fixture.ts';

const intent = (facts: AuditRecord['facts']) => testRecord({ phase: 'intent', outcome: 'pending', facts });
const digests = Array.from({ length: 1000 }, (_, i) => `hmac-sha256:k1:${i.toString(16).padStart(64, '0')}`);

describe('an event that would be too large', () => {
  it('is refused where nothing has happened yet', () => {
    const facts = { names: ['x'.repeat(MAX_EVENT_BYTES)] };
    for (const record of [intent(facts), testRecord({ facts })]) {
      expect(() => eventLine(record, 0)).toThrow(expect.objectContaining({ code: 'request.too-large' }));
    }
  });

  it('is shortened where it says how something ended, and keeps what is short', () => {
    const facts = { names: ['x'.repeat(MAX_EVENT_BYTES)], transactional: false, issuedAccessor: 'a1', text: 'y'.repeat(65) };
    for (const record of [
      testRecord({ phase: 'outcome', outcome: 'success', intent: 3, facts }),
      testRecord({ outcome: 'denied', errorCode: 'access.denied', facts }),
    ]) {
      const { unmapped } = JSON.parse(eventLine(record, 4));
      expect(unmapped.facts).toEqual({ transactional: false, issuedAccessor: 'a1', shortened: true });
      expect(unmapped.intent).toBe(record.intent);
    }
  });

  it('never is the outcome of an intent that was not, whatever makes it large', () => {
    for (const large of [
      (size: number) => intent({ names: ['\u0001'.repeat(size)] }),
      (size: number) => ({ ...intent({}), path: '\u0001'.repeat(size) }),
    ]) {
      let [fits, tooMuch] = [0, MAX_EVENT_BYTES];
      while (tooMuch - fits > 1) {
        const middle = (fits + tooMuch) >> 1;
        try {
          eventLine(large(middle), 7);
          fits = middle;
        } catch {
          tooMuch = middle;
        }
      }
      const ends = { ...large(fits), phase: 'outcome', outcome: 'failure', errorCode: 'access.token-invalid' } as const;
      const line = eventLine(
        { ...ends, intent: 7, facts: { ...ends.facts, recovered: true }, responseDigests: digests },
        2 ** 50,
      );
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
      expect(JSON.parse(line).unmapped.facts.recovered).toBe(true);
    }
  });
});
