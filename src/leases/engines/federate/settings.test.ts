import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkFederateConnection, endpointOf, federateConnectionFields, newFederateConnection } from './connection.ts';
import { exchangeParameters } from './exchange.ts';
import { checkFederateRole, federateRoleFields, newFederateRole } from './role.ts';
import { faultIn } from './token-answer.ts';

const custom = {
  ...newFederateConnection,
  tokenUrl: 'https://id.example/token',
  oidcRole: 'models',
  grant: 'jwt-bearer',
} as const;
const openai = { ...newFederateConnection, preset: 'openai', oidcRole: 'models' };

describe('a connection', () => {
  it.each([custom, openai, { ...openai, tokenUrl: 'https://proxy.example/oauth/token' }])('may be %o', (connection) => {
    expect(() => checkFederateConnection(connection)).not.toThrow();
  });

  it.each<[object, string]>([
    [{ ...custom, oidcRole: '' }, 'oidc_role'],
    [{ ...custom, grant: '' }, 'grant'],
    [{ ...custom, tokenUrl: '' }, 'token_url'],
    [{ ...custom, tokenUrl: 'http://id.example/token' }, 'token_url'],
    [{ ...custom, tokenUrl: 'https://me:word@id.example/token' }, 'token_url'],
    [{ ...custom, tokenUrl: 'https://id.example/token?x=1' }, 'token_url'],
    [{ ...custom, tokenUrl: 'https://id.example/a/../token' }, 'token_url'],
    [{ ...openai, preset: 'azure' }, 'token_url'],
    [{ ...openai, grant: 'jwt-bearer' }, 'grant'],
    [{ ...openai, encoding: 'form' }, 'encoding'],
    [{ ...custom, tlsCa: 'none' }, 'tls_ca'],
    ...['subject_token', 'assertion', 'client_assertion', 'client_secret', 'grant_type', 'password', 'scope', 'client_id'].map(
      (name): [object, string] => [{ ...custom, parameters: { [name]: 'x' } }, 'parameters'],
    ),
  ])('%# is refused', (connection, where) => {
    expect(() => checkFederateConnection(connection as never)).toThrow(where);
  });

  it.each([
    ['preset', 'nobody'],
    ['preset', '__proto__'],
    ['grant', 'password'],
    ['audience', 'two words'],
    ['clientId', 'a\nb'],
    ['parameters', { 'Upper-Case': 'x' }],
    ['parameters', { name: 'a\r\nb' }],
    ['parameters', Object.fromEntries(Array.from({ length: 33 }, (_none, at) => [`p${at}`, 'x']))],
  ])('with %s = %j is refused', (name, value) => {
    const parsed = z.strictObject(federateConnectionFields).safeParse({ ...custom, [name]: value });
    expect(parsed.success).toBe(false);
  });
});

describe('a role', () => {
  it('may not say what the engine says itself, nor impersonate what is no service account', () => {
    expect(() => checkFederateRole({ ...newFederateRole, parameters: { assertion: 'x' } })).toThrow('parameters');
    expect(() => checkFederateRole({ ...newFederateRole, impersonate: 'a/../b@c' })).toThrow('impersonate');
    expect(() => checkFederateRole({ ...newFederateRole, impersonate: 'train@p.iam.gserviceaccount.com' })).not.toThrow();
  });

  it.each(['a  b', ' a', 'a"b', 'a\nb'])('has no scope %j', (scope) => {
    expect(z.strictObject(federateRoleFields).safeParse({ ...newFederateRole, scope }).success).toBe(false);
  });
});

describe('a request', () => {
  it('says what the connection says whatever the role says', () => {
    const connection = { ...custom, parameters: { resource: 'ours' } };
    const role = { ...newFederateRole, parameters: { resource: 'theirs', more: 'x' } };
    expect(exchangeParameters(connection, role, 'a-jwt')).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'a-jwt',
      resource: 'ours',
      more: 'x',
    });
  });

  it('goes where the connection says, in the form of the preset', () => {
    const { tokenUrl, grant, encoding } = endpointOf({ ...openai, tokenUrl: 'https://proxy.example/oauth/token' });
    expect([tokenUrl, grant, encoding]).toEqual(['https://proxy.example/oauth/token', 'token-exchange', 'json']);
  });
});

describe('what an endpoint says that was wrong', () => {
  it.each<[unknown, string | undefined]>([
    [{ error: 'invalid_grant' }, 'invalid_grant'],
    [{ error: 'invalid_grant', error_description: 'no' }, 'invalid_grant: no'],
    [{ error: 'Bad Request', message: 'no' }, 'Bad Request: no'],
    [{ error: { type: 'invalid_request_error', message: 'no' } }, 'invalid_request_error: no'],
    [{ error: {} }, undefined],
    [{}, undefined],
    [undefined, undefined],
    ['<html>', undefined],
  ])('%j', (json, said) => {
    expect(faultIn(json)).toBe(said);
  });
});
