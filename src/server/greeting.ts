import type { SealState } from '../keyring/contract.ts';

export interface Greeted {
  readonly url: string;
  readonly dataDirectory: string;
  readonly state: SealState;
  /** The file that holds the root token, where it is still there. */
  readonly rootToken: string | undefined;
  readonly firstStart: boolean;
  readonly tls: boolean;
  readonly loopback: boolean;
}

/** What a person sees once the server serves. The root token is named by its file only. */
export function greeting(greeted: Greeted): string {
  const { url, dataDirectory, rootToken, firstStart, tls, loopback } = greeted;
  const lines = [`Watchword is serving at ${url}`, `Data: ${dataDirectory}`];
  if (rootToken !== undefined) lines.push(`Root token: in ${rootToken}${firstStart ? ' (new)' : ''}`);
  lines.push('', ...nextSteps(greeted).map((step, index) => (index === 0 ? step : `  ${step}`)));
  if (!tls && !loopback) lines.push('', 'Warning: no TLS. Tokens and secrets travel in clear.');
  return `${lines.join('\n')}\n`;
}

function nextSteps({ url, state, rootToken, tls }: Greeted): string[] {
  const address = [
    ...(url === 'http://127.0.0.1:8200' ? [] : [`export WATCHWORD_ADDR=${url}`]),
    ...(tls ? ['export WATCHWORD_CACERT=FILE   (unless this machine knows who signed the certificate)'] : []),
  ];
  if (state === 'uninitialized') return ['Not initialised yet. Next:', ...address, 'bin/watchword operator init'];
  if (state === 'sealed') return ['Sealed. Next:', ...address, 'bin/watchword operator unseal'];
  const login = rootToken === undefined ? 'bin/watchword login' : `bin/watchword login @${rootToken}`;
  return ['Try:', ...address, login, 'bin/watchword kv put secret/hello who=world', 'bin/watchword kv get secret/hello'];
}
