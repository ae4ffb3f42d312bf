import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../foundation/canonical-json.ts';
import { parseExactJson } from '../foundation/exact-json.ts';
import { Secret } from '../foundation/secret.ts';
import { lineFault } from '../transparency/event-line.ts';
import type { AuditRecord } from './contract.ts';
import { decodeEvent } from './decode-event.ts';
import { createDigester } from './digester.ts';
import { encodeEvent } from './encode-event.ts';
import { testRecord } from './testing/log-fixture.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const texts = fc.array(text, { maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const fact = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.boolean(),
  fc.constant(null),
  texts,
);

const anyRecord: fc.Arbitrary<AuditRecord> = fc.record({
  phase: fc.constantFrom('complete', 'intent', 'outcome'),
  class: fc.constantFrom('retrieval', 'login', 'entity-change', 'access-change'),
  activity: fc.constantFrom('create', 'read', 'update', 'delete', 'login', 'logout', 'other'),
  operation: text,
  outcome: fc.constantFrom('success', 'denied', 'failure', 'pending', 'unknown'),
  errorCode: maybe(text),
  time: fc.nat(),
  requestId: text,
  principal: maybe(
    fc.record({
      method: text,
      id: text,
      displayName: text,
      namespace: text,
      session: text,
      policies: texts,
      attributes: fc.constant({}),
    }),
  ),
  remote: maybe(fc.record({ address: text, port: fc.nat() })),
  namespace: text,
  path: text,
  mount: maybe(fc.record({ id: text, path: text, kind: text })),
  intent: maybe(fc.nat()),
  grantedBy: maybe(texts),
  facts: maybe(
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      fact,
      { maxKeys: 4 },
    ),
  ),
  requestDigests: maybe(texts),
  responseDigests: maybe(texts),
});

describe('an encoded event', () => {
  it('is canonical JSON, whatever the record holds, and says its index', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), (record, index) => {
        const line = encodeEvent(record, index);
        expect(canonicalJson(JSON.parse(line))).toBe(line);
        expect(lineFault(Buffer.from(line), index)).toBeUndefined();
        expect(line).not.toContain('\n');
      }),
    );
  });

  it('gives the record back', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const wellFormed = JSON.parse(JSON.stringify(record)) as object;
        const decoded = decodeEvent(JSON.parse(encodeEvent(record, 7)));
        expect(JSON.parse(JSON.stringify(decoded))).toEqual(wellFormed);
      }),
    );
  });

  it('has the class, activity and status numbers of OCSF', () => {
    const event = (changes: Partial<AuditRecord>) => JSON.parse(encodeEvent(testRecord(changes), 3));
    expect(event({})).toMatchObject({
      class_uid: 6003,
      category_uid: 6,
      activity_id: 2,
      type_uid: 600302,
      status_id: 1,
      severity_id: 1,
      metadata: { sequence: 3, uid: 'request-1', version: '1.6.0' },
    });
    expect(event({ class: 'login', activity: 'login', outcome: 'denied', errorCode: 'access.denied' })).toMatchObject({
      class_uid: 3002,
      category_uid: 3,
      activity_id: 1,
      type_uid: 300201,
      status_id: 2,
      status_code: 'access.denied',
    });
    expect(event({ class: 'access-change', activity: 'delete' })).toMatchObject({ class_uid: 3005, type_uid: 300502 });
    expect(event({ class: 'entity-change', activity: 'other' })).toMatchObject({ class_uid: 3004, type_uid: 300499 });
  });

  it('of someone else decodes to nothing', () => {
    for (const event of [{}, { class_uid: 6003 }, { ...JSON.parse(encodeEvent(testRecord(), 0)), class_uid: 1 }])
      expect(decodeEvent(event)).toBeUndefined();
  });
});

describe('digests', () => {
  const digester = createDigester({ id: 'k7', key: createSecretKey(Buffer.alloc(32, 1)) });

  it('are keyed and name their key', () => {
    expect(digester.value('x')).toMatch(/^hmac-sha256:k7:[0-9a-f]{64}$/);
    const other = createDigester({ id: 'k7', key: createSecretKey(Buffer.alloc(32, 2)) });
    expect(other.value('x')).not.toBe(digester.value('x'));
  });

  it('cover every leaf in document order, numbers and booleans included', () => {
    const value = { b: 'one', a: [2, true, null, { c: 'three' }], skipped: undefined };
    expect(digester.leaves(value)).toEqual(['one', '2', 'true', 'null', 'three'].map(digester.value));
    expect(digester.leaves('alone')).toEqual([digester.value('alone')]);
    expect(digester.leaves({})).toEqual([]);
  });

  it('take numbers as they were sent', () => {
    const sent = '[12345678901234567890,1.0,1e400]';
    expect(digester.leaves(parseExactJson(sent))).toEqual(['12345678901234567890', '1.0', '1e400'].map(digester.value));
  });

  it('take a secret by its bytes, never by its redacted text', () => {
    expect(digester.leaves({ key: Secret.fromText('hidden') })).toEqual([digester.value('hidden')]);
  });

  it('are at most 64, then one for the whole', () => {
    const just = Array.from({ length: 64 }, (_, i) => i);
    expect(digester.leaves(just)).toHaveLength(64);
    const more = [...just, 'more'];
    expect(digester.leaves(more)).toEqual([...digester.leaves(just), digester.value(JSON.stringify(more))]);
  });
});
