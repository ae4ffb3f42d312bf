import { boolean, integer, seconds, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** All of them ours: Vault has no such engine. */
export const natsConnectionFields: readonly WireField[] = [
  field('account', text),
  field('account_seed', secret, { hidden: true }),
  field('url', text),
  field('tls', boolean),
  field('tls_ca', text),
  field('system_creds', secret, { hidden: true }),
  field('operator_seed', secret, { hidden: true }),
];

export const natsRoleFields: readonly WireField[] = [
  field('publish', texts),
  field('publish_deny', texts),
  field('subscribe', texts),
  field('subscribe_deny', texts),
  field('max_responses', integer),
  field('response_ttl', seconds),
  field('max_subscriptions', integer),
  field('max_payload', integer),
  field('source_networks', texts),
  field('connection_types', texts),
];
