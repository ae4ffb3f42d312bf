import { describe, expect, test } from 'vitest';
import { TargetError } from '../engine.ts';
import { toTargetError } from './failure.ts';

const secret = 'Abcdefgh12345678';
const server = (errno: number, sqlMessage: string) => Object.assign(new Error(sqlMessage), { errno, code: 'ER_X', sqlMessage });
const network = (code: string) => Object.assign(new Error('it broke'), { code });

describe('a failure', () => {
  test.for([
    [server(1040, 'Too many connections'), 'connecting', 'throttled'],
    [server(1045, 'Access denied'), 'connecting', 'refused'],
    [server(1205, 'Lock wait timeout'), 'changing', 'throttled'],
    [server(1053, 'Server shutdown in progress'), 'asking', 'unreachable'],
    [server(1053, 'Server shutdown in progress'), 'changing', 'unknown-outcome'],
    [server(1142, 'SELECT command denied'), 'changing', 'refused'],
    [network('ECONNREFUSED'), 'connecting', 'unreachable'],
    [network('ENOTFOUND'), 'connecting', 'unreachable'],
    [network('HANDSHAKE_NO_SSL_SUPPORT'), 'connecting', 'refused'],
    [network('DEPTH_ZERO_SELF_SIGNED_CERT'), 'connecting', 'refused'],
    [network('ERR_TLS_CERT_ALTNAME_INVALID'), 'connecting', 'refused'],
    [network('AUTH_SWITCH_PLUGIN_ERROR'), 'connecting', 'refused'],
    [network('PROTOCOL_CONNECTION_LOST'), 'asking', 'unreachable'],
    [network('PROTOCOL_CONNECTION_LOST'), 'changing', 'unknown-outcome'],
    ['nothing', 'changing', 'unknown-outcome'],
  ] as const)('such as %s while %s is %s', ([error, progress, kind]) => {
    const failure = toTargetError(error, { progress, hidden: [] });
    expect(failure).toMatchObject({ name: 'TargetError', kind });
    expect(failure.cause).toBeUndefined();
  });

  test.for([
    server(1292, `Incorrect value: '${secret}'`),
    server(1292, `Incorrect value: '${secret.slice(0, 9)}...'`),
    server(1064, `near '${secret.slice(4)}'`),
  ])('holds no credential, nor its beginning: %s', (error) => {
    const failure = toTargetError(error, { progress: 'changing', hidden: ['', secret], secret: true });
    for (const part of [secret.slice(0, 8), secret.slice(-8)]) expect(failure.message).not.toContain(part);
  });

  test('that was told already stays what it was', () => {
    const told = new TargetError('throttled', 'busy');
    expect(toTargetError(told, { progress: 'changing', hidden: [] })).toBe(told);
  });
});
