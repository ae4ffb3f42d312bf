import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nothing, route } from './route.ts';
import { RouteTable } from './route-table.ts';
import { routeFamilies } from './routes/index.ts';

const at = (method: 'GET' | 'POST' | 'LIST', pattern: string, notes: string) =>
  route({ method, pattern, operation: 'kv.delete', notes, decode: () => ({}), encode: nothing });

const table = new RouteTable([
  at('GET', 'mounts', 'all'),
  at('GET', 'mounts/*path', 'one'),
  at('GET', 'mounts/*path/tune', 'tune'),
  at('GET', 'roles/:name', 'role'),
  at('LIST', 'roles', 'roles'),
  at('GET', 'roles/special', 'special'),
  at('GET', 'roles/:name/id', 'id'),
  at('POST', 'data/*path', 'write'),
]);

function found(method: 'GET' | 'POST' | 'LIST' | undefined, path: string) {
  const result = table.find(method, path);
  return typeof result === 'object' ? { at: result.route.notes, ...result.params } : result;
}

describe('finding a route', () => {
  it.each([
    ['GET', 'mounts', { at: 'all' }],
    ['GET', 'mounts/', { at: 'all' }],
    ['GET', 'mounts/a', { at: 'one', path: 'a' }],
    ['GET', 'mounts/a/b', { at: 'one', path: 'a/b' }],
    ['GET', 'mounts/a/b/tune', { at: 'tune', path: 'a/b' }],
    ['GET', 'mounts/tune', { at: 'one', path: 'tune' }],
    ['LIST', 'roles/', { at: 'roles' }],
    ['GET', 'roles/a', { at: 'role', name: 'a' }],
    ['GET', 'roles/special', { at: 'special' }],
    ['GET', 'roles/special/id', { at: 'id', name: 'special' }],
    ['GET', 'roles/a/b', undefined],
    ['GET', 'roles//id', undefined],
    ['POST', 'roles/a', 'unsupported'],
    [undefined, 'roles/a', 'unsupported'],
    ['POST', 'data/', { at: 'write', path: '' }],
    ['POST', 'data', undefined],
    ['POST', 'data//a//', { at: 'write', path: '/a//' }],
    ['GET', 'data/a', 'unsupported'],
    ['GET', 'nothing', undefined],
    ['GET', '', undefined],
  ] as const)('%s %s', (method, path, expected) => {
    expect(found(method, path)).toEqual(expected);
  });

  it('gives the rest of a path back unchanged, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        expect(found('POST', `data/${rest}`)).toEqual({ at: 'write', path: rest });
      }),
    );
  });

  it('meets no name that objects inherit', () => {
    for (const path of ['constructor', '__proto__', 'toString/x', 'roles/__proto__']) {
      const result = found('GET', path);
      expect(result === undefined || (typeof result === 'object' && result.at === 'role')).toBe(true);
    }
  });
});

it('no two routes of a family share method and pattern', () => {
  for (const { routes } of routeFamilies) {
    const keys = routes.flatMap(({ method, pattern }) => [method].flat().map((each) => `${each} ${pattern}`));
    expect(new Set(keys).size).toBe(keys.length);
  }
});
