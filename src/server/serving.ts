import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { createListener } from '../api/listener.ts';
import { createNativeApi } from '../api/native/native-api.ts';
import { createOauthApi } from '../api/oauth/oauth-api.ts';
import { createVaultApi } from '../api/vault/api.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/ports.ts';
import type { Configuration } from './configuration.ts';
import type { Instance } from './instance.ts';
import type { TlsPair } from './tls.ts';

export interface Serving {
  /** Under which clients on this machine reach it. */
  readonly url: string;
  /** Lets running requests end, within a bound. */
  close(): Promise<void>;
}

/** Opens the port, for plain HTTP without `tls`. @throws WatchwordError `configuration.invalid` for a port that is taken */
export async function listen(instance: Instance, configuration: Configuration, logger: Logger, tls?: TlsPair): Promise<Serving> {
  const { door } = instance;
  const native = createNativeApi({ door, logger });
  const vault = createVaultApi({ door, logger });
  const oauth = createOauthApi({ door, logger, otherwise: native.handle });
  const clientCertificates = configuration.clientCertificates === 'ask';
  const listener = createListener({ vault, native: oauth, logger, clientCertificates, ...(tls === undefined ? {} : { tls }) });
  const { address } = configuration;
  await listenOn(listener.server, configuration);
  const bound = listener.server.address() as AddressInfo;
  instance.listening(bound.port);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${localHost(address)}:${bound.port}`,
    async close() {
      await listener.close();
      await native.close();
    },
  };
}

/** The address under which a program on this machine reaches a listener. */
function localHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

/** Before a new store is made for a server that could not serve it. @throws as {@link listen} */
export async function refuseTakenPort(configuration: Configuration): Promise<void> {
  const probe = createServer();
  await listenOn(probe, configuration);
  await new Promise((resolve) => probe.close(resolve));
}

function listenOn(server: NetServer, configuration: Configuration): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, configuration)));
    server.listen(configuration.port, configuration.address, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, { address, port }: Configuration): WatchwordError {
  const what =
    error.code === 'EADDRINUSE'
      ? `port ${port} of ${address} is in use, perhaps by another Watchword: stop that, or choose another --port`
      : `cannot listen on ${address}, port ${port} (${error.code ?? 'unknown error'})`;
  return new WatchwordError('configuration.invalid', what, { where: '--port', cause: error });
}
