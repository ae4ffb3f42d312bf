import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

/** What a target asks for besides: `service_account_id`. None of it is secret. */
export type Parameters = Readonly<Record<string, string>>;

const MOST = 32;
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be small letters, digits and _');
const value = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^[ -~]*$/, 'must be printable ASCII');

export const parametersSchema = z.record(name, value).refine((all) => Object.keys(all).length <= MOST, `may hold up to ${MOST}`);

/** What the engine says itself, or what is a secret. */
const reserved: ReadonlySet<string> = new Set([
  ...['grant_type', 'subject_token', 'actor_token', 'actor_token_type', 'assertion', 'client_assertion'],
  ...['client_assertion_type', 'client_id', 'client_secret', 'scope', 'username', 'password', 'code', 'refresh_token'],
]);

/** @throws WatchwordError `engine.invalid` */
export function checkParameters(parameters: Parameters): void {
  const taken = Object.keys(parameters).find((each) => reserved.has(each));
  if (taken === undefined) return;
  const own = taken === 'client_id' || taken === 'scope' ? ` has a field of its own` : ` is nothing that may be set`;
  invalidSetting('parameters', `${taken}${own}`);
}
