import { expect, it } from 'vitest';
import { rolePath } from './role-path.ts';

it.each([
  ['database/training', 'database/creds/training', 'database'],
  ['database/creds/training', 'database/creds/training', 'database'],
  ['/team/database/training/', 'team/database/creds/training', 'database'],
  ['ssh/sign/dev', 'ssh/sign/dev', 'ssh'],
  ['creds/training', 'creds/creds/training', 'creds'],
])('%s is a role', (word, path, mount) => {
  expect(rolePath(word)).toEqual({ path, mount });
});

it.each(['training', 'database/..', 'database/../sys/x', 'a//b', '.', '', '/', 'creds/./x'])('%j leads elsewhere', (word) => {
  expect(() => rolePath(word)).toThrow('named with its mount');
});
