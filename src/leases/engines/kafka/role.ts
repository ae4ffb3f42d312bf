import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import type { AclBinding } from './acl-messages.ts';

/** What may be done with which resources: https://kafka.apache.org/documentation/#security_authz_primitives */
const operations = {
  topic: ['read', 'write', 'create', 'delete', 'alter', 'describe', 'describe_configs', 'alter_configs'],
  group: ['read', 'delete', 'describe', 'describe_configs', 'alter_configs'],
  transactional_id: ['write', 'describe', 'two_phase_commit'],
  cluster: ['describe', 'describe_configs', 'idempotent_write', 'create'],
} as const;

type Resource = keyof typeof operations;
type Operation = (typeof operations)[Resource][number];

/** As Kafka numbers them. */
const resourceNumbers: Readonly<Record<Resource, number>> = { topic: 2, group: 3, cluster: 4, transactional_id: 5 };
const patternNumbers = { literal: 3, prefixed: 4 } as const;
const operationNumbers: Readonly<Record<Operation, number>> = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  describe_configs: 10,
  alter_configs: 11,
  idempotent_write: 12,
  two_phase_commit: 15,
};

/** Rights on one resource, or on all whose names begin alike. */
export interface KafkaAcl {
  readonly resource: Resource;
  readonly name: string;
  readonly pattern: keyof typeof patternNumbers;
  readonly operations: readonly Operation[];
}

/** What users may do. */
export interface KafkaRole {
  readonly acls: readonly KafkaAcl[];
}

const MOST = 64;
/** The only name that Kafka knows a cluster by. */
const CLUSTER = 'kafka-cluster';
const EVERY = '*';

export const kafkaRoleFields = {
  acls: z
    .array(
      z.strictObject({
        resource: z.literal(Object.keys(operations) as Resource[], 'must be topic, group, transactional_id or cluster'),
        name: z.string().max(249).default(''),
        pattern: z.literal(['literal', 'prefixed'], 'must be literal or prefixed').default('literal'),
        operations: z
          .array(z.literal(Object.keys(operationNumbers) as Operation[], 'must be operations of Kafka'))
          .min(1)
          .max(16),
      }),
    )
    .max(MOST, `may hold up to ${MOST}`),
} satisfies z.ZodRawShape;

export const newKafkaRole: KafkaRole = { acls: [] };

/** @throws WatchwordError `engine.invalid` */
export function checkKafkaRole({ acls }: KafkaRole): readonly string[] {
  if (acls.length === 0) invalidSetting('acls', 'must be set');
  for (const [at, acl] of acls.entries()) checkAcl(acl, `acls[${at}]`);
  return [...new Set(acls.flatMap(warningsOf))];
}

function checkAcl({ resource, name, pattern, operations: asked }: KafkaAcl, where: string): void {
  const wrong = (what: string) => invalidSetting('acls', `${where} ${what}`);
  const possible: readonly string[] = operations[resource];
  for (const operation of asked) {
    if (!possible.includes(operation)) wrong(`${operation} is not for a ${resource}: ${possible.join(', ')}`);
  }
  if (resource === 'cluster') {
    if (!['', CLUSTER].includes(name) || pattern !== 'literal') wrong(`a cluster has no name but ${CLUSTER}`);
    return;
  }
  if (name === '') wrong('name must be set');
  if (pattern === 'prefixed' && name.includes(EVERY))
    wrong('a prefix is taken letter for letter: * alone, and literal, is for all');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
  if (/[\u0000-\u001f\u007f]/.test(name) || !name.isWellFormed()) wrong('name holds what no name may');
  const isTopicName = /^[A-Za-z0-9._-]+$/.test(name) && !(pattern === 'literal' && ['.', '..'].includes(name));
  if (resource === 'topic' && name !== EVERY && !isTopicName) wrong('name is no name of a topic');
}

function warningsOf({ resource, name, operations: asked }: KafkaAcl): string[] {
  const warnings: string[] = [];
  if (name === EVERY) warnings.push(`${asked.join(', ')} is allowed for every ${resource}`);
  if (resource === 'topic' && (name === EVERY || name.startsWith('__'))) {
    warnings.push(`${name} holds topics of Kafka's own, such as the offsets of everybody`);
  }
  if (asked.includes('alter_configs')) warnings.push(`alter_configs for ${name}: what it sets stays when the lease is over`);
  return warnings;
}

/** Each right of the role, one by one. */
export const bindingsOf = ({ acls }: KafkaRole): readonly AclBinding[] =>
  acls.flatMap(({ resource, name, pattern, operations: asked }) =>
    [...new Set(asked)].map((operation) => ({
      resource: resourceNumbers[resource],
      name: resource === 'cluster' ? CLUSTER : name,
      pattern: patternNumbers[pattern],
      operation: operationNumbers[operation],
    })),
  );
