import { describe, expect, test } from 'vitest';
import { systemClock, systemRandom } from '../../../foundation/node-ports.ts';
import { prepareToken } from './request.ts';
import { checkOciRole, faultOfName, type OciRole, ociRoleFields, type Verb } from './role.ts';

const on = { clock: systemClock, random: systemRandom };
const role = (repositories: readonly string[], ...verbs: Verb[]): OciRole => ({ repositories, verbs });

describe('a name of a repository', () => {
  test.each([
    'churn',
    'models/churn',
    'a/b/c/d',
    'models/churn-2.1',
    'models/a__b',
    'models/a---b',
    '0/1',
    'registry.example/churn',
  ])('may be %s', (name) => expect(faultOfName(name)).toBeUndefined());

  test.each([
    '',
    '/',
    'models/',
    '/models',
    'models//churn',
    '..',
    'models/..',
    'models/../churn',
    './churn',
    'models/.churn',
    'models/churn.',
    'models/a..b',
    'models/a___b',
    'models/-a',
    'Models/churn',
    'models/churn:v1',
    'registry.example:5000/churn',
    'models/churn@sha256',
    'models/*',
    'models/chur?',
    'models/a,models/b',
    'models/churn ',
    'models/churn\n',
    'models/chürn',
    'models/churn%2f',
    'models\\churn',
    'a'.repeat(256),
  ])('may not be %j', (name) => expect(faultOfName(name)).toEqual(expect.any(String)));
});

describe('a role', () => {
  test.each<[string, OciRole, string]>([
    ['nothing to do', role(['churn']), 'verbs'],
    ['no repository', role([], 'read'), 'repositories'],
    ['a repository for listing alone', role(['churn'], 'list'), 'repositories'],
    ['a bad name behind a good one', role(['churn', '../churn'], 'read'), 'repositories'],
    [
      'names that fit in no header',
      role(
        Array.from({ length: 20 }, (_, at) => `${at}`.padStart(200, '0')),
        'read',
      ),
      'repositories',
    ],
  ])('with %s is refused', (_what, bad, where) => {
    expect(() => checkOciRole(bad)).toThrow(expect.objectContaining({ code: 'engine.invalid', where }));
  });

  test('with more than 32 repositories is refused', () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => `m/${at}`);
    expect(ociRoleFields.repositories.safeParse(names(32)).success).toBe(true);
    expect(ociRoleFields.repositories.safeParse(names(33)).success).toBe(false);
  });

  test('is warned of what it gives besides', () => {
    expect(checkOciRole(role(['churn'], 'read'))).toEqual([]);
    expect(checkOciRole(role(['churn'], 'read', 'write'))).toEqual([]);
    expect(checkOciRole(role(['churn'], 'write')).join()).toContain('write reads as well');
    expect(checkOciRole(role([], 'list')).join()).toContain('all repositories');
    expect(checkOciRole(role(['registry.example/churn'], 'read')).join()).toContain('leave the host out');
  });
});

describe('a request', () => {
  const wide = role(['churn', 'fraud'], 'read', 'list');

  test('that says nothing gets what the role gives, each thing once', () => {
    const { repositories, verbs } = prepareToken(role(['churn', 'churn'], 'write', 'read', 'read'), on, {});
    expect({ repositories, verbs }).toEqual({ repositories: ['churn'], verbs: ['read', 'write'] });
  });

  test('gets less where it asks for less; to list is about no repository', () => {
    expect(prepareToken(wide, on, { repositories: ['fraud'], verbs: ['read'] })).toMatchObject({
      repositories: ['fraud'],
      verbs: ['read'],
    });
    expect(prepareToken(wide, on, { verbs: ['list'] })).toMatchObject({ repositories: [], verbs: ['list'] });
  });

  test('for reading alone is within a role that writes', () => {
    expect(prepareToken(role(['churn'], 'write'), on, { verbs: ['read'] }).verbs).toEqual(['read']);
    expect(prepareToken(role(['churn'], 'write'), on, {}).verbs).toEqual(['write']);
  });

  test.each([
    { verbs: ['write' as const] },
    { repositories: ['other'] },
    { repositories: ['churn', 'other'] },
    { repositories: [''] },
    { repositories: [] },
    { verbs: [] },
    { verbs: ['list' as const], repositories: [] },
  ])('for more is refused: %j', (asked) => {
    expect(() => prepareToken(wide, on, asked)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });
});
