import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { checkParameters, type Parameters, parametersSchema } from './parameters.ts';

/** What the token shall be good for. */
export interface FederateRole {
  /** With spaces, as the target names them; empty: the preset's, or what the target gives by itself. */
  readonly scope: string;
  /** Besides those of the connection, which none of them may change. */
  readonly parameters: Parameters;
  /** Address of the service account that the token shall be of, where the target can do that. */
  readonly impersonate: string;
}

/** RFC 6749 § 3.3 */
const scope = z
  .string()
  .max(4096)
  .regex(/^(?:[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*)?$/, 'must be words with one space between them');

export const federateRoleFields = {
  scope,
  parameters: parametersSchema,
  impersonate: z.string().max(256),
} satisfies z.ZodRawShape;

export const newFederateRole: FederateRole = { scope: '', parameters: {}, impersonate: '' };

const ACCOUNT = /^[a-z0-9][a-z0-9-]*@[a-z0-9][a-z0-9.-]*$/;

/** @throws WatchwordError `engine.invalid` */
export function checkFederateRole({ parameters, impersonate }: FederateRole): readonly string[] {
  checkParameters(parameters);
  if (impersonate !== '' && !ACCOUNT.test(impersonate)) {
    invalidSetting('impersonate', 'must be the address of a service account: train@project.iam.gserviceaccount.com');
  }
  return [];
}
