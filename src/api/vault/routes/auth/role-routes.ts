import type { OperationName } from '../../../../access/operation-types.ts';
import { boolean, integer, seconds, text, texts } from '../../fields.ts';
import { type AnyRoute, nothing, type WireReply, type WireRequest } from '../../route.ts';
import { decodeFields, encodeFields, field, type WireField } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';

/** What roles of all methods say of their tokens; the last six are ours. */
const tokenFields: readonly WireField[] = [
  field('token_policies', texts, { as: 'policies', older: ['policies'] }),
  field('token_ttl', seconds, { as: 'ttl', older: ['ttl', 'lease'] }),
  field('token_max_ttl', seconds, { as: 'maxTtl', older: ['max_ttl'] }),
  field('token_explicit_max_ttl', seconds, { as: 'explicitMaxTtl' }),
  field('token_period', seconds, { as: 'period', older: ['period'] }),
  field('token_num_uses', integer, { as: 'uses', older: ['num_uses'] }),
  field('token_bound_cidrs', texts, { as: 'boundCidrs', older: ['bound_cidrs'] }),
  field('token_no_default_policy', boolean, { as: 'noDefaultPolicy' }),
  field('token_type', (body, name) => text(body, name) || undefined, { as: 'type' }),
  field('owner', text),
  field('expected_cluster', text),
  field('expected_region', text),
  field('expected_cidrs', texts),
  field('token_binding', text),
];

interface RoleRoutes {
  /** `kubernetes.roles` */
  readonly operations: string;
  /** Below the mount: `role`. */
  readonly path: string;
  /** Besides {@link tokenFields}. */
  readonly fields: readonly WireField[];
  /** What the answer says besides the fields. */
  readonly also?: (role: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/** List, read, write and delete the roles (users, certificates) of a method. */
export function roleRoutes({ operations, path, fields, also }: RoleRoutes): readonly AnyRoute[] {
  const all = [...fields, ...tokenFields];
  const named = ({ params }: WireRequest) => ({ name: params['name'] });
  const operation = (verb: string) => `${operations}.${verb}` as OperationName;
  const encode = (role: Readonly<Record<string, unknown>> | null): WireReply =>
    role === null ? {} : { data: { ...encodeFields(all, role), ...also?.(role) } };
  return [
    { method: 'LIST', pattern: path, operation: operation('list'), decode: () => ({}), encode: keysReply },
    { method: 'GET', pattern: `${path}/:name`, operation: operation('read'), decode: named, encode },
    {
      method: 'POST',
      pattern: `${path}/:name`,
      operation: operation('write'),
      decode: (request: WireRequest) => ({ ...decodeFields(all, request.body), ...named(request) }),
      encode: nothing,
    },
    { method: 'DELETE', pattern: `${path}/:name`, operation: operation('delete'), decode: named, encode: nothing },
  ] as readonly AnyRoute[];
}

interface ConfigRoutes {
  /** `kubernetes.config` */
  readonly operations: string;
  /** Below the mount: `config`. */
  readonly path: string;
  readonly fields: readonly WireField[];
}

/** Read, write and delete a method's settings. */
export function configRoutes({ operations, path, fields }: ConfigRoutes): readonly AnyRoute[] {
  const operation = (verb: string) => `${operations}.${verb}` as OperationName;
  const decode = ({ body }: WireRequest) => decodeFields(fields, body);
  const encode = (config: object | null): WireReply => (config === null ? {} : { data: encodeFields(fields, config) });
  return [
    { method: 'GET', pattern: path, operation: operation('read'), decode: () => ({}), encode },
    { method: 'POST', pattern: path, operation: operation('write'), decode, encode: nothing },
    { method: 'DELETE', pattern: path, operation: operation('delete'), decode: () => ({}), encode: nothing },
  ] as readonly AnyRoute[];
}
