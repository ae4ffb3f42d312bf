import { isIP } from 'node:net';
import { invalidSetting } from '../invalid-setting.ts';

/** Where a connection leads. */
export interface MysqlAddress {
  /** A name or an address; the file of a Unix socket has a `/` in front. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: boolean;
}

const WHERE = 'connection_url';
const DEFAULT_PORT = 3306;
/** https://github.com/go-sql-driver/mysql#dsn-data-source-name: the database follows the last slash. */
const form =
  /^\{\{username\}\}:\{\{password\}\}@(?:(?<protocol>tcp|unix)\((?<place>[^()]*)\))\/(?<database>[^/?]*)(?:\?(?<parameters>.*))?$/;
/** What only tells Go's driver how to read values; nothing here reads any. */
const without: ReadonlySet<string> = new Set([
  'charset',
  'collation',
  'loc',
  'parseTime',
  'timeout',
  'readTimeout',
  'writeTimeout',
  'multiStatements',
  'interpolateParams',
  'maxAllowedPacket',
]);

/**
 * Reads a data source name as Go's driver does, and refuses what it would read more than one way.
 * @param encrypted whether the settings say certificates, so that TLS is meant
 * @throws WatchwordError `engine.invalid`
 */
export function parseAddress(url: string, encrypted: boolean): MysqlAddress {
  const groups = form.exec(url)?.groups;
  if (groups === undefined) {
    invalidSetting(
      WHERE,
      'must be like {{username}}:{{password}}@tcp(host:3306)/; the name and the password stand in fields of their own',
    );
  }
  const { protocol = '', place = '', parameters = '' } = groups;
  const tls = tlsOf(parameters);
  const database = decoded(groups['database'] ?? '');
  if (protocol === 'unix') {
    if (!place.startsWith('/')) invalidSetting(WHERE, 'unix(…) holds the whole path of a socket');
    if (tls === true || encrypted) invalidSetting(WHERE, 'TLS makes no sense over a socket of this machine');
    return { host: place, port: 0, database, tls: false };
  }
  const { host, port } = hostAndPort(place);
  if (tls === false && encrypted) invalidSetting(WHERE, 'tls=false contradicts the certificates that are set');
  return { host, port, database, tls: tls ?? (encrypted || !isLocal(host)) };
}

function hostAndPort(place: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:,/@[\]]+))(?::(\d{1,5}))?$/.exec(place);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? DEFAULT_PORT);
  if (host === undefined || port < 1 || port > 65_535 || (parts?.[1] !== undefined && isIP(host) !== 6)) {
    invalidSetting(WHERE, 'tcp(…) holds one host and its port: tcp(db.example:3306), tcp([::1]:3306)');
  }
  return { host, port };
}

/** Undefined where the name says nothing of it. */
function tlsOf(parameters: string): boolean | undefined {
  let tls: boolean | undefined;
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(parameters)) {
    if (seen.has(name)) invalidSetting(WHERE, `the parameter ${name.slice(0, 40)} stands there twice`);
    seen.add(name);
    if (name === 'tls') tls = tlsMode(value);
    else if (!without.has(name)) invalidSetting(WHERE, `the parameter ${name.slice(0, 40)} is not taken`);
  }
  return tls;
}

function tlsMode(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  if (value === 'skip-verify' || value === 'preferred') {
    invalidSetting(WHERE, `tls=${value} lets anybody be the server: tls=true, with tls_ca where the authority is your own`);
  }
  return invalidSetting(WHERE, 'tls is true, or false where the network is trusted; an authority of your own goes to tls_ca');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return invalidSetting(WHERE, 'the name of the database is not encoded as in a URL');
  }
}

const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
