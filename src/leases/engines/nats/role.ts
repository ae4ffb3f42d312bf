import { isIP } from 'node:net';
import { z } from 'zod';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { LeaseFacts } from '../engine.ts';

/** What a user may do. Of lists, an empty one allows nothing: NATS would take it for everything. */
export interface NatsRole {
  /** Subjects with NATS's wildcards; `{{name}}` is what the user is called. */
  readonly publish: readonly string[];
  readonly publishDeny: readonly string[];
  /** A subject, or a subject, a space and a queue group. */
  readonly subscribe: readonly string[];
  readonly subscribeDeny: readonly string[];
  /** To each message that came with a reply subject: so many answers; 0 = none. */
  readonly maxResponses: number;
  /** Seconds in which they may be sent. */
  readonly responseTtl: number;
  /** -1 = as many as the account allows. */
  readonly maxSubscriptions: number;
  /** Bytes of one message; -1 = as the account allows. */
  readonly maxPayload: number;
  /** `10.0.0.0/8`: where users may come from. Empty: from anywhere. */
  readonly sourceNetworks: readonly string[];
  readonly connectionTypes: readonly string[];
}

const subject = z
  .string()
  .max(512)
  .refine((text) => isSubject(text), 'holds something that is no subject');
const subscription = z
  .string()
  .max(512)
  .refine((text) => text.split(' ').length <= 2 && text.split(' ').every(isSubject), 'holds something that is no subject');

export const natsRoleFields = {
  publish: z.array(subject).max(256),
  publishDeny: z.array(subject).max(256),
  subscribe: z.array(subscription).max(256),
  subscribeDeny: z.array(subscription).max(256),
  maxResponses: z.int().min(0).max(1_000_000),
  responseTtl: z.int().min(0).max(86_400),
  maxSubscriptions: z.int().min(-1),
  maxPayload: z.int().min(-1),
  sourceNetworks: z.array(z.string().refine(isNetwork, 'holds something that is no network such as 10.0.0.0/8')).max(256),
  connectionTypes: z
    .array(z.enum(['STANDARD', 'WEBSOCKET', 'MQTT', 'MQTT_WS', 'LEAFNODE', 'LEAFNODE_WS']))
    .min(1, 'must name one: STANDARD')
    .max(6),
} satisfies z.ZodRawShape;

export const newNatsRole: NatsRole = {
  publish: [],
  publishDeny: [],
  subscribe: [],
  subscribeDeny: [],
  maxResponses: 0,
  responseTtl: 60,
  maxSubscriptions: -1,
  maxPayload: -1,
  sourceNetworks: [],
  connectionTypes: ['STANDARD', 'WEBSOCKET'],
};

/** `*` stands for one token, `>` for all that follow; a place for the name is a token, or a part of one. */
function isSubject(text: string): boolean {
  const tokens = text.replaceAll('{{name}}', 'name').split('.');
  return tokens.every((token, index) => {
    if (token === '>') return index === tokens.length - 1;
    return token === '*' || /^[^\s*>{}\p{Cc}]+$/u.test(token);
  });
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '', more] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
}

/** What works and should not be. @throws WatchwordError `engine.invalid` */
export function checkNatsRole(role: NatsRole): readonly string[] {
  const { publish, subscribe, connectionTypes } = role;
  if (publish.length === 0 && subscribe.length === 0 && role.maxResponses === 0) {
    throw new WatchwordError('engine.invalid', 'publish: must be set, or subscribe', { where: 'publish' });
  }
  const subjects = subscribe.map((each) => each.split(' ')[0]);
  const warnings: (string | false)[] = [
    publish.includes('>') && 'publish: every subject of the account is within reach, streams and their consumers too',
    subjects.includes('>') && 'subscribe: every message of the account can be read, answers to others too',
    subjects.some((each) => each === '_INBOX.>' || each === '_INBOX.*') &&
      'subscribe: by _INBOX.> answers to others can be read; let clients use _INBOX.{{name}}.> and an inbox prefix',
    publish.some((each) => each === '$JS.>' || each === '$JS.API.>') && 'publish: by $JS.API.> streams can be deleted',
    connectionTypes.some((type) => type.startsWith('LEAFNODE')) && 'connection_types: a leaf node speaks for everybody behind it',
  ];
  return warnings.filter((warning) => warning !== false);
}

/**
 * The part `nats` of a user's claims. Answers are let through by `resp` even where all is denied.
 * https://github.com/nats-io/jwt/blob/main/v2/user_claims.go
 */
export function permissionsOf(role: NatsRole, { externalName }: LeaseFacts): Readonly<Record<string, unknown>> {
  const named = (subjects: readonly string[]) => subjects.map((each) => each.replaceAll('{{name}}', externalName));
  const permission = (allow: readonly string[], deny: readonly string[]) =>
    allow.length === 0 ? { deny: ['>'] } : { allow: named(allow), ...(deny.length === 0 ? {} : { deny: named(deny) }) };
  const { maxResponses: max, responseTtl } = role;
  return {
    pub: permission(role.publish, role.publishDeny),
    sub: permission(role.subscribe, role.subscribeDeny),
    ...(max === 0 ? {} : { resp: { max, ttl: responseTtl * 1_000_000_000 } }),
    subs: role.maxSubscriptions,
    data: -1,
    payload: role.maxPayload,
    ...(role.sourceNetworks.length === 0 ? {} : { src: role.sourceNetworks }),
    allowed_connection_types: role.connectionTypes,
  };
}
