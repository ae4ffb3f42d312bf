import type { CredentialEngine } from './engine.ts';
import { checkKafkaConnection, type KafkaConnection, kafkaConnectionFields, newKafkaConnection } from './kafka/connection.ts';
import { checkKafkaRole, type KafkaRole, kafkaRoleFields, newKafkaRole } from './kafka/role.ts';
import { type KafkaHandle, type KafkaMaterial, KafkaTarget } from './kafka/target.ts';
import { newPassword } from './password.ts';

/**
 * SCRAM users of Apache Kafka with rights of their own. What is asked after revocation is refused at once, on open connections too; a
 * fetch that the broker has let wait already is answered once more, however long its client said that it waits. So it is not `hard`.
 */
export const kafkaEngine: CredentialEngine<KafkaConnection, KafkaRole, KafkaMaterial, KafkaHandle> = {
  kind: 'kafka',
  summary: 'users of Apache Kafka',
  mount: 'kafka',
  traits: { revocation: 'new-logins-only', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: kafkaConnectionFields,
    initial: newKafkaConnection,
    address: ['bootstrapServers'],
    clear: ['bootstrapServers', 'username', 'mechanism', 'tls', 'tlsCa', 'maxOpenConnections'],
    check: checkKafkaConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: kafkaRoleFields, initial: newKafkaRole, check: checkKafkaRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, on) => new KafkaTarget(connection, on),
};
