import type { WireField } from '../../wire-fields.ts';
import { awsConnectionFields, awsRequestFields, awsRoleFields } from './aws.ts';
import { mysqlConnectionFields, mysqlRoleFields } from './mysql.ts';
import { natsConnectionFields, natsRoleFields } from './nats.ts';
import { postgresqlConnectionFields, postgresqlRoleFields } from './postgresql.ts';
import { rabbitmqConnectionFields, rabbitmqRoleFields } from './rabbitmq.ts';
import { redisConnectionFields, redisRoleFields } from './redis.ts';
import { sshConnectionFields, sshRequestFields, sshRoleFields } from './ssh.ts';

/** Wire names of one engine's own fields. */
export interface EngineFields {
  readonly connection: readonly WireField[];
  readonly role: readonly WireField[];
  /** What a caller may say besides the role's name. */
  readonly request: readonly WireField[];
  /** Where Vault's engine has other words for a role's lifetimes than `default_ttl` and `max_ttl`. */
  readonly lifetimes?: readonly [ttl: string, maxTtl: string];
}

const none: readonly WireField[] = [];

/** By the engine's kind. */
export const engineFields: Readonly<Record<string, EngineFields>> = {
  aws: {
    connection: awsConnectionFields,
    role: awsRoleFields,
    request: awsRequestFields,
    lifetimes: ['default_sts_ttl', 'max_sts_ttl'],
  },
  mysql: { connection: mysqlConnectionFields, role: mysqlRoleFields, request: none },
  nats: { connection: natsConnectionFields, role: natsRoleFields, request: none },
  postgresql: { connection: postgresqlConnectionFields, role: postgresqlRoleFields, request: none },
  rabbitmq: { connection: rabbitmqConnectionFields, role: rabbitmqRoleFields, request: none },
  redis: { connection: redisConnectionFields, role: redisRoleFields, request: none },
  ssh: { connection: sshConnectionFields, role: sshRoleFields, request: sshRequestFields, lifetimes: ['ttl', 'max_ttl'] },
};
