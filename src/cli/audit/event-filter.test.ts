import { expect, it } from 'vitest';
import { eventFilter } from './event-filter.ts';
import type { EventView } from './event-view.ts';

const fits = (pattern: string, operation: string) =>
  eventFilter({ operation: pattern }, 0)({ time: 0, operation, path: '', actorNames: [] } as unknown as EventView);

it.each([
  ['kv.*', 'kv.read', true],
  ['*.login', 'jwt.login', true],
  ['*.login', 'kubernetes.login', true],
  ['*.login', 'jwt.roles.login-only', false],
  ['*.login', 'login', false],
  ['kv.read', 'kv.read', true],
  ['kv.read', 'kv.read-metadata', false],
  ['*', 'kv.read', true],
])('the pattern %s and the operation %s: %s', (pattern, operation, expected) => {
  expect(fits(pattern, operation)).toBe(expected);
});
