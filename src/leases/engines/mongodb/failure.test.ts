import { MongoNetworkError, MongoParseError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { codes, MongodbRefusal, toTargetError } from './failure.ts';

const ofServer = (code: number, errmsg = 'no') => new MongoServerError({ message: errmsg, errmsg, code, ok: 0 });
const withCode = (code: string) => Object.assign(new Error('it is so'), { code });

describe('what the server says', () => {
  test.each([
    [codes.authenticationFailed, 'refused', 'refused'],
    [codes.unauthorized, 'refused', 'refused'],
    [112, 'throttled', 'throttled'],
    [10_107, 'unreachable', 'unreachable'],
    [11_600, 'unreachable', 'unknown-outcome'],
    [91, 'unreachable', 'unknown-outcome'],
    [codes.writeConcernFailed, 'unknown-outcome', 'unknown-outcome'],
    [12_345, 'refused', 'refused'],
  ])('%i is %s, and in the middle of a change %s', (code, asking, changing) => {
    expect(toTargetError(ofServer(code), 'asking', []).kind).toBe(asking);
    expect(toTargetError(ofServer(code), 'changing', []).kind).toBe(changing);
  });

  test('of the password of the account, and of nothing else, locks out', () => {
    expect(toTargetError(ofServer(18), 'connecting', [])).toMatchObject({ lockedOut: true, code: 18 });
    expect(toTargetError(ofServer(13), 'connecting', [])).toMatchObject({ lockedOut: false, code: 13 });
    expect(toTargetError(ofServer(13), 'connecting', [])).toBeInstanceOf(MongodbRefusal);
  });

  test('holds no credential, and no beginning of one', () => {
    const secret = 'Abcdefghijklmnop1';
    expect(toTargetError(ofServer(2, `not ${secret}!`), 'changing', [secret]).message).toBe('not [redacted]! (2)');
    expect(toTargetError(ofServer(2, `not ${secret.slice(0, 12)}...`), 'changing', [secret]).message).not.toContain('Abcd');
    expect(toTargetError(new Error(secret), 'connecting', ['', secret]).message).toBe('[redacted]');
  });
});

describe('a connection that fails', () => {
  test.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'refused'],
    ['CERT_HAS_EXPIRED', 'refused'],
  ])('by %s is %s', (code, kind) => {
    const cause = withCode(code);
    expect(toTargetError(new MongoNetworkError('failed', { cause }), 'connecting', []).kind).toBe(kind);
    const servers = new Map([['db.example', { error: new MongoNetworkError('failed', { cause }) }]]);
    const nowhere = new MongoServerSelectionError('nobody', { servers } as never);
    const error = toTargetError(nowhere, 'connecting', []);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(code);
  });

  test('since the driver cannot read what it was given is refused', () => {
    expect(toTargetError(new MongoParseError('no'), 'connecting', []).kind).toBe('refused');
  });

  test('in the middle of a change leaves an unknown outcome', () => {
    expect(toTargetError(new MongoNetworkError('gone'), 'changing', []).kind).toBe('unknown-outcome');
    expect(toTargetError(new MongoNetworkError('gone'), 'asking', []).kind).toBe('unreachable');
    expect(toTargetError('gone', 'changing', []).kind).toBe('unknown-outcome');
  });
});
