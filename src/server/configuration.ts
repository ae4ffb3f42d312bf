import { resolve } from 'node:path';
import { z } from 'zod';
import { WatchwordError } from '../foundation/errors.ts';
import { logLevels } from './logger.ts';

const portWords = 'must be a whole number from 0 to 65535';
const port = z.coerce.number(portWords).int(portWords).min(0, portWords).max(65_535, portWords);

/** What `watchword server` can be told; the same names in camel case as its options. */
export const configurationSchema = z.object({
  address: z.string().min(1).max(255).default('127.0.0.1').describe('address to listen on'),
  port: port.default(8200).describe('port to listen on; 0 takes a free one'),
  dataDir: z.string().min(1).max(4096).default('.watchword').describe('folder for database, audit log and key file'),
  seal: z.enum(['static', 'shamir']).optional().describe('how a new store is sealed: static (unless told otherwise) or shamir'),
  sealKeyFile: z.string().max(4096).optional().describe('key file of the static seal; keep it on another disk than the database'),
  tlsCertFile: z.string().max(4096).optional().describe('certificate chain in PEM; needs --tls-key-file'),
  tlsKeyFile: z.string().max(4096).optional().describe('private key in PEM; needs --tls-cert-file'),
  clientCertificates: z
    .enum(['ask', 'off'])
    .default('ask')
    .describe('whether TLS clients are asked for a certificate: ask or off; who has none can connect either way'),
  logLevel: z.enum(logLevels).default('warn').describe('debug, info, warn, error or silent'),
});

export type ServerOptions = z.input<typeof configurationSchema>;
export type Configuration = z.output<typeof configurationSchema>;

/** @throws WatchwordError `configuration.invalid` naming the setting */
export function checkedConfiguration(options: ServerOptions): Configuration {
  const parsed = configurationSchema.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = flagOf(String(issue?.path[0] ?? ''));
    throw new WatchwordError('configuration.invalid', `${where}: ${issue?.message ?? 'invalid'}`, { where });
  }
  const { tlsCertFile, tlsKeyFile, dataDir } = parsed.data;
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined)) {
    throw new WatchwordError('configuration.invalid', 'TLS needs both a certificate file and a key file', {
      where: tlsCertFile === undefined ? '--tls-cert-file' : '--tls-key-file',
    });
  }
  return { ...parsed.data, dataDir: resolve(dataDir) };
}

/** `tlsKeyFile` as people write it: `--tls-key-file`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
