import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createListener } from '../api/listener.ts';
import { createNativeApi } from '../api/native/native-api.ts';
import { createVaultApi } from '../api/vault/api.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/ports.ts';
import type { Configuration } from './configuration.ts';
import type { Instance } from './instance.ts';

export interface Serving {
  /** Under which clients on this machine reach it. */
  readonly url: string;
  /** Lets running requests end, within a bound. */
  close(): Promise<void>;
}

/** Opens the port. @throws WatchwordError `configuration.invalid` for a port that is taken or a certificate that cannot be used */
export async function listen({ door }: Instance, configuration: Configuration, logger: Logger): Promise<Serving> {
  const native = createNativeApi({ door, logger });
  const tls = await readTls(configuration);
  const vault = createVaultApi({ door, logger });
  const listener = createListener({ vault, native: native.handle, logger, ...(tls === undefined ? {} : { tls }) });
  const { address, port } = configuration;
  await new Promise<void>((resolve, reject) => {
    listener.server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, configuration)));
    listener.server.listen(port, address, resolve);
  });
  const bound = listener.server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${bound.port}`,
    async close() {
      await listener.close();
      await native.close();
    },
  };
}

function listenError(error: NodeJS.ErrnoException, { address, port }: Configuration): WatchwordError {
  const what =
    error.code === 'EADDRINUSE'
      ? `port ${port} of ${address} is in use by another program: stop that, or choose another --port`
      : `cannot listen on ${address}, port ${port} (${error.code ?? 'unknown error'})`;
  return new WatchwordError('configuration.invalid', what, { where: 'port', cause: error });
}

async function readTls({ tlsCertFile, tlsKeyFile }: Configuration): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return undefined;
  return { cert: await readPem(tlsCertFile, 'tlsCertFile'), key: await readPem(tlsKeyFile, 'tlsKeyFile') };
}

async function readPem(path: string, where: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new WatchwordError('configuration.invalid', `${path} cannot be read`, { where, cause: error });
  }
}
