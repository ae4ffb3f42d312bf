import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { checkAuthorities, checkVendorUrl } from '../vendor-api.ts';
import { checkParameters, type Parameters, parametersSchema } from './parameters.ts';
import { CUSTOM, type FederationPreset, type Grant, grants, presets } from './presets.ts';

/** Whose tokens are asked for, and by what. No part of it is secret. Empty texts are the preset's. */
export interface FederateConnection {
  readonly preset: string;
  /** The token endpoint. */
  readonly tokenUrl: string;
  /** What the workload's token is for, `aud`; a role of our issuer must name it. Empty everywhere: the client id of that role. */
  readonly audience: string;
  /** The role of our own issuer that signs the workload's token. */
  readonly oidcRole: string;
  readonly grant: Grant | '';
  readonly encoding: 'form' | 'json' | '';
  readonly clientId: string;
  readonly parameters: Parameters;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** Whether the endpoint may be at a private address. */
  readonly internal: boolean;
}

const printable = z
  .string()
  .max(1024)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces');

export const federateConnectionFields = {
  preset: z.enum([CUSTOM, ...Object.keys(presets)]),
  tokenUrl: z.string().max(1024),
  audience: printable,
  oidcRole: z.string().max(256),
  grant: z.enum(['', ...grants]),
  encoding: z.enum(['', 'form', 'json']),
  clientId: printable,
  parameters: parametersSchema,
  tlsCa: z.string().max(65_536),
  internal: z.boolean(),
} satisfies z.ZodRawShape;

export const newFederateConnection: FederateConnection = {
  preset: CUSTOM,
  tokenUrl: '',
  audience: '',
  oidcRole: '',
  grant: '',
  encoding: '',
  clientId: '',
  parameters: {},
  tlsCa: '',
  internal: false,
};

/** @throws WatchwordError `engine.invalid` */
export function checkFederateConnection(connection: FederateConnection): void {
  const { preset, oidcRole, grant, encoding, parameters, tlsCa } = connection;
  const known = presets[preset];
  if (oidcRole === '') invalidSetting('oidc_role', 'must be the name of a role below identity/oidc/role/');
  if (known === undefined && grant === '') invalidSetting('grant', `must be one of ${grants.join(', ')}, or say a preset`);
  if (known !== undefined && ((grant !== '' && grant !== known.grant) || (encoding !== '' && encoding !== known.encoding))) {
    invalidSetting(
      grant === '' || grant === known.grant ? 'encoding' : 'grant',
      `is what the preset ${preset} says: leave it out, or say preset=${CUSTOM}`,
    );
  }
  checkVendorUrl('token_url', endpointOf(connection).tokenUrl, 'https://id.example/oauth/token');
  checkParameters(parameters);
  checkAuthorities('tls_ca', tlsCa);
}

/** How the endpoint is asked: by the preset, and what the connection says besides. */
export function endpointOf({ preset, tokenUrl, audience, grant, encoding }: FederateConnection): FederationPreset {
  const known = presets[preset];
  if (known !== undefined) return { ...known, tokenUrl: tokenUrl || known.tokenUrl, audience: audience || known.audience };
  return { source: '', tokenUrl, audience, grant: grant || 'token-exchange', encoding: encoding || 'form', required: [] };
}
