import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about one server. Address and token belong together: both come from one family of variables. */
export interface EnvironmentSettings {
  readonly family: 'WATCHWORD' | 'VAULT';
  readonly address: string | undefined;
  readonly token: Secret | undefined;
  readonly namespace: string | undefined;
  readonly caFile: string | undefined;
  readonly clientCertFile: string | undefined;
  readonly clientKeyFile: string | undefined;
  readonly format: string | undefined;
}

export const DEFAULT_ADDRESS = 'http://127.0.0.1:8200';

/**
 * `WATCHWORD_ADDR` with `WATCHWORD_TOKEN`, else `VAULT_ADDR` with `VAULT_TOKEN`. As soon as one of the first pair is set, no
 * `VAULT_` variable counts: a token must not reach a server that it was not meant for.
 */
export function environmentSettings(env: Environment): EnvironmentSettings {
  const get = (name: string) => env[name]?.trim() || undefined;
  const family = get('WATCHWORD_ADDR') !== undefined || get('WATCHWORD_TOKEN') !== undefined ? 'WATCHWORD' : 'VAULT';
  const setting = (name: string) => get(`${family}_${name}`) ?? get(`WATCHWORD_${name}`);
  const token = get(`${family}_TOKEN`);
  return {
    family,
    address: get(`${family}_ADDR`),
    token: token === undefined ? undefined : checkedToken(token, `${family}_TOKEN`),
    namespace: setting('NAMESPACE'),
    caFile: setting('CACERT'),
    clientCertFile: setting('CLIENT_CERT'),
    clientKeyFile: setting('CLIENT_KEY'),
    format: setting('FORMAT'),
  };
}

/** @throws WatchwordError `client.usage` when the text cannot be a token; the message does not hold it */
export function checkedToken(text: string, where: string): Secret {
  const token = text.trim();
  if (!/^[\x21-\x7e]{1,8192}$/.test(token)) {
    throw new WatchwordError('client.usage', `${where} does not hold a token (one word of visible ASCII characters).`, { where });
  }
  return Secret.fromText(token);
}

/** @throws WatchwordError `client.usage` unless it is an http or https URL without user name, query or fragment */
export function parseAddress(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !web || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new WatchwordError('client.usage', `${where} is not an address such as ${DEFAULT_ADDRESS}.`, { where });
  }
  return url;
}
