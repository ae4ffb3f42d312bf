import { expect, it } from 'vitest';
import { engineMountRoutes } from '../../src/api/vault/routes/engines/index.ts';
import { onlyConnection } from '../../src/cli/commands/engine.ts';

it('the command line knows where each kind of mount is tested', () => {
  const tested = Object.entries(engineMountRoutes).map(([kind, { routes }]) => {
    const patterns = routes.filter(({ operation }) => operation === 'engine.connections.test').map(({ pattern }) => pattern);
    return [kind, patterns];
  });
  const known = Object.keys(engineMountRoutes).map((kind) => [kind, [`test/${onlyConnection[kind] ?? ':name'}`]]);
  expect(tested).toEqual(known);
});
