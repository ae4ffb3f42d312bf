import type { FederateConnection } from './connection.ts';
import { endpointOf } from './connection.ts';
import type { Parameters } from './parameters.ts';
import type { Grant } from './presets.ts';
import type { FederateRole } from './role.ts';

const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** Where each grant has the workload's token. */
const shown: Readonly<Record<Grant, (token: string) => Parameters>> = {
  // RFC 8693 § 2.1
  'token-exchange': (token) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: JWT,
  }),
  // RFC 7523 § 2.1
  'jwt-bearer': (token) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: token }),
  // RFC 7523 § 2.2 and RFC 6749 § 4.4
  'client-assertion': (token) => ({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: token,
  }),
};

/** Every parameter of the request for a token. */
export function exchangeParameters(connection: FederateConnection, role: FederateRole, token: string): Parameters {
  const { grant, scope: usual = '', parameters = {} } = endpointOf(connection);
  // Whoever asks for a service account's token needs the usual one for that; the role's scope is that token's.
  const scope = role.impersonate === '' ? role.scope || usual : usual;
  return {
    ...shown[grant](token),
    ...parameters,
    ...(connection.clientId === '' ? {} : { client_id: connection.clientId }),
    ...(scope === '' ? {} : { scope }),
    ...role.parameters,
    ...connection.parameters,
  };
}

/** What connection and role say too little or too much for a token; empty where nothing is wrong. */
export function faultsOf(connection: FederateConnection, role: FederateRole): readonly string[] {
  const { required, impersonation } = endpointOf(connection);
  const said = exchangeParameters(connection, role, '');
  const missing = required.filter((name) => !Object.hasOwn(said, name));
  const twice = Object.keys(role.parameters).filter((name) => Object.hasOwn(connection.parameters, name));
  return [
    ...missing.map((name) => `${connection.preset} needs ${name}`),
    ...twice.map((name) => `the connection says ${name}, so the role may not`),
    ...(role.impersonate === '' || impersonation !== undefined ? [] : [`${connection.preset} lets nobody impersonate`]),
  ];
}
