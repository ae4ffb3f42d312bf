import { integers, secret, text, texts } from '../../fields.ts';
import { type AnyRoute, route } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

/** Vault has no such method: these paths are ours, in the manner of its others. */
export const slurmRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'slurm.config',
    path: 'config',
    fields: [field('cluster', text), field('audience', text), field('agent_keys', texts)],
  }),
  ...roleRoutes({
    operations: 'slurm.roles',
    path: 'role',
    fields: [
      field('bound_users', texts),
      field('bound_uids', integers),
      field('bound_accounts', texts),
      field('bound_partitions', texts),
    ],
  }),
  route({
    method: 'POST',
    pattern: 'nonce',
    operation: 'slurm.nonce',
    notes: 'ours',
    decode: () => ({}),
    encode: ({ nonce, audience, ttl }) => ({ data: { nonce, audience, ttl } }),
  }),
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'slurm.login',
    notes: 'ours',
    decode: ({ body }) => ({ role: text(body, 'role'), jwt: secret(body, 'jwt') }),
    encode: authReply,
  }),
  route({
    method: 'POST',
    pattern: 'ended',
    operation: 'slurm.ended',
    notes: 'ours',
    decode: ({ body }) => ({ jwt: secret(body, 'jwt') }),
    encode: ({ revoked }) => ({ data: { revoked } }),
  }),
];
