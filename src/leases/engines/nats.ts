import type { CredentialEngine } from './engine.ts';
import { checkNatsConnection, type NatsConnection, natsConnectionFields, newNatsConnection } from './nats/connection.ts';
import { seedFrom } from './nats/nkeys.ts';
import { checkNatsRole, type NatsRole, natsRoleFields, newNatsRole } from './nats/role.ts';
import { type NatsHandle, type NatsMaterial, NatsTarget } from './nats/target.ts';

/**
 * Users of an account of NATS, each with a key of its own and a JWT that ends with its lease. Where the connection can push
 * revocations they end before that; the traits say what holds for every connection.
 */
export const natsEngine: CredentialEngine<NatsConnection, NatsRole, NatsMaterial, NatsHandle> = {
  kind: 'nats',
  summary: 'users of NATS, by signed JWTs',
  mount: 'nats',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  connection: {
    fields: natsConnectionFields,
    initial: newNatsConnection,
    address: ['account'],
    clear: ['account', 'url', 'tls', 'tlsCa'],
    check: checkNatsConnection,
  },
  role: { fields: natsRoleFields, initial: newNatsRole, check: checkNatsRole },
  prepare: (_role, _lease, { random }) => ({ seed: seedFrom(random.bytes(32), 'user') }),
  open: (connection, on) => new NatsTarget(connection, on),
};
