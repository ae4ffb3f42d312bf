import type { CredentialEngine } from './engine.ts';
import { newPassword } from './password.ts';
import {
  checkRabbitmqConnection,
  newRabbitmqConnection,
  type RabbitmqConnection,
  rabbitmqConnectionFields,
} from './rabbitmq/connection.ts';
import { checkRabbitmqRole, newRabbitmqRole, type RabbitmqRole, rabbitmqRoleFields } from './rabbitmq/role.ts';
import { type RabbitmqHandle, type RabbitmqMaterial, RabbitmqTarget } from './rabbitmq/target.ts';

/** Users of RabbitMQ's own, made and deleted by its management plugin. */
export const rabbitmqEngine: CredentialEngine<RabbitmqConnection, RabbitmqRole, RabbitmqMaterial, RabbitmqHandle> = {
  kind: 'rabbitmq',
  summary: 'Users of RabbitMQ',
  mount: 'rabbitmq',
  traits: { revocation: 'hard', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: rabbitmqConnectionFields,
    initial: newRabbitmqConnection,
    address: ['connectionUri'],
    clear: ['connectionUri', 'username', 'tlsCa', 'plainHttp'],
    check: checkRabbitmqConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: rabbitmqRoleFields, initial: newRabbitmqRole, check: checkRabbitmqRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, on) => new RabbitmqTarget(connection, on),
};
