import { describe, expect, it } from 'vitest';
import { planSecrets, refuseCollisions } from './plan.ts';
import { sourceType } from './source.ts';

const paths = (file: string, placement = {}) => planSecrets(file, { A: '1' }, placement).map(({ path }) => path);

describe('where a file goes', () => {
  it.each([
    ['/home/me/churn/.env', 'imported/churn'],
    ['/home/me/churn/.env.production', 'imported/churn/production'],
    ['/home/me/churn/production.env', 'imported/churn/production'],
    ['/home/me/churn/.env.local', 'imported/churn/local'],
    ['/home/me/churn/config.yaml', 'imported/churn/config'],
    ['/home/me/churn/env.json', 'imported/churn'],
    ['/home/me/My Project (old)/.env', 'imported/My-Project-old'],
    ['/.env', 'imported/project'],
  ])('%s becomes %s', (file, path) => {
    expect(paths(file)).toEqual([path]);
  });

  it('is below a prefix, or exactly a path', () => {
    expect(paths('/x/.env.prod', { prefix: 'team/churn' })).toEqual(['team/churn/prod']);
    expect(paths('/x/.env.prod', { path: '/team/churn/' })).toEqual(['team/churn']);
  });

  it('is one secret for each key when split', () => {
    const data = { plain: 'p', map: { user: 'u' }, list: [1], empty: {} };
    expect(planSecrets('/x/c.yaml', data, { split: true })).toMatchObject([
      { path: 'imported/x/c/plain', data: { value: 'p' } },
      { path: 'imported/x/c/map', data: { user: 'u' } },
      { path: 'imported/x/c/list', data: { value: [1] } },
      { path: 'imported/x/c/empty', data: { value: {} } },
    ]);
  });

  it.each(['a//b', '../a', 'a/./b', ''])('cannot be %j', (path) => {
    expect(() => paths('/x/.env', { path })).toThrow(/no empty parts/);
  });

  it('cannot be the same for two files', () => {
    const plans = ['/x/prod.env', '/x/.env.prod'].flatMap((file) => planSecrets(file, { A: '1' }, {}));
    expect(() => refuseCollisions(plans)).toThrow(/both become imported\/x\/prod/);
  });
});

describe('what a file is', () => {
  it.each([
    ['.env', 'env'],
    ['.env.production', 'env'],
    ['production.env', 'env'],
    ['env.json', 'json'],
    ['config.YML', 'yaml'],
    ['notes.txt', undefined],
    ['environment', undefined],
  ])('%s: %s', (name, type) => {
    expect(sourceType(name)).toBe(type);
  });
});
