import { expect, test } from 'vitest';
import { testMount } from '../../access/testing/test-caller.ts';
import type { TokenBinding } from '../binding/token-binding.ts';
import type { Token } from '../token.ts';
import { claimsOfRole, subjectOf } from './claims.ts';
import type { IssuerRole } from './contract.ts';

const role: IssuerRole = {
  key: 'signing',
  template: '',
  clientId: 'c',
  audiences: [],
  ttl: 600,
  maxTtl: 0,
  subject: 'workload',
  workloadClaims: false,
  delegation: false,
};
const workload = (subject: string, mountId = 'm1', binding?: TokenBinding) =>
  ({ subject, login: { mountId, collection: 'role', name: 'r' }, entityId: 'old', ...(binding && { binding }) }) as Token;
const findMount = (id: string) => (id.startsWith('m') ? testMount(`auth/${id}/`, id) : undefined);

test.each<[TokenBinding, object]>([
  [{ kind: 'mtls', thumbprint: 't' }, { 'x5t#S256': 't' }],
  [{ kind: 'dpop', thumbprint: 't' }, { jkt: 't' }],
])('a token that came from a bound one is bound to the same key: %j', (binding, cnf) => {
  expect(claimsOfRole(role, { token: workload('s', 'm1', binding), attributes: {} }, 0)).toEqual({ cnf });
});

test('the same subject at two mounts is two subjects', () => {
  const subjects = ['m1', 'm2'].map((mount) => subjectOf(role, { token: workload('job', mount), attributes: {} }, findMount));
  expect(subjects).toEqual(['test_m1:job', 'test_m2:job']);
});

test('a mount that is gone, and a login without a subject, speak for nobody', () => {
  for (const token of [workload('job', 'gone'), workload('')]) {
    expect(() => subjectOf(role, { token, attributes: {} }, findMount)).toThrow('not given to a workload');
  }
});

test('an entity is the one that the session has now, whatever the token says', () => {
  const entity: IssuerRole = { ...role, subject: 'entity' };
  const now = { 'identity.entity.id': 'merged' };
  expect(subjectOf(entity, { token: workload('job'), attributes: now }, findMount)).toBe('merged');
  expect(() => subjectOf(entity, { token: workload('job'), attributes: {} }, findMount)).toThrow('no entity');
});
