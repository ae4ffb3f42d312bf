import type { WireField } from '../../wire-fields.ts';
import { awsConnectionFields, awsRequestFields, awsRoleFields } from './aws.ts';
import { azureSasConnectionFields, azureSasRequestFields, azureSasRoleFields } from './azure-sas.ts';
import { federateConnectionFields, federateRoleFields } from './federate.ts';
import { gcpConnectionFields, gcpRequestFields, gcpRoleFields } from './gcp.ts';
import { githubConnectionFields, githubRequestFields, githubRoleFields } from './github.ts';
import { kafkaConnectionFields, kafkaRoleFields } from './kafka.ts';
import { kubernetesConnectionFields, kubernetesRequestFields, kubernetesRoleFields } from './kubernetes.ts';
import { mlflowConnectionFields, mlflowRoleFields } from './mlflow.ts';
import { mongodbConnectionFields, mongodbRoleFields } from './mongodb.ts';
import { mysqlConnectionFields, mysqlRoleFields } from './mysql.ts';
import { natsConnectionFields, natsRoleFields } from './nats.ts';
import { ociConnectionFields, ociRoleFields } from './oci.ts';
import { openaiConnectionFields, openaiRoleFields } from './openai.ts';
import { openrouterConnectionFields, openrouterRoleFields } from './openrouter.ts';
import { opensearchConnectionFields, opensearchRoleFields } from './opensearch.ts';
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
  'azure-sas': { connection: azureSasConnectionFields, role: azureSasRoleFields, request: azureSasRequestFields },
  federate: { connection: federateConnectionFields, role: federateRoleFields, request: none },
  gcp: { connection: gcpConnectionFields, role: gcpRoleFields, request: gcpRequestFields, lifetimes: ['ttl', 'max_ttl'] },
  github: { connection: githubConnectionFields, role: githubRoleFields, request: githubRequestFields },
  kafka: { connection: kafkaConnectionFields, role: kafkaRoleFields, request: none },
  kubernetes: {
    connection: kubernetesConnectionFields,
    role: kubernetesRoleFields,
    request: kubernetesRequestFields,
    lifetimes: ['token_default_ttl', 'token_max_ttl'],
  },
  mlflow: { connection: mlflowConnectionFields, role: mlflowRoleFields, request: none },
  mongodb: { connection: mongodbConnectionFields, role: mongodbRoleFields, request: none },
  mysql: { connection: mysqlConnectionFields, role: mysqlRoleFields, request: none },
  nats: { connection: natsConnectionFields, role: natsRoleFields, request: none },
  oci: { connection: ociConnectionFields, role: ociRoleFields, request: ociRoleFields },
  openai: { connection: openaiConnectionFields, role: openaiRoleFields, request: none },
  openrouter: { connection: openrouterConnectionFields, role: openrouterRoleFields, request: none },
  opensearch: { connection: opensearchConnectionFields, role: opensearchRoleFields, request: none },
  postgresql: { connection: postgresqlConnectionFields, role: postgresqlRoleFields, request: none },
  rabbitmq: { connection: rabbitmqConnectionFields, role: rabbitmqRoleFields, request: none },
  redis: { connection: redisConnectionFields, role: redisRoleFields, request: none },
  ssh: { connection: sshConnectionFields, role: sshRoleFields, request: sshRequestFields, lifetimes: ['ttl', 'max_ttl'] },
};
