import { isIP } from 'node:net';
import { invalidSetting } from '../invalid-setting.ts';

/** Where a connection leads. */
export interface MongodbAddress {
  /** Without a name, a password, or anything behind a `?`. */
  readonly url: string;
  /** The database that the configured account, and accounts of static roles, belong to. */
  readonly authSource: string;
  readonly tls: boolean;
  readonly replicaSet?: string;
  readonly directConnection: boolean;
  readonly loadBalanced: boolean;
  readonly authMechanism?: 'SCRAM-SHA-1' | 'SCRAM-SHA-256';
}

const WHERE = 'connection_url';
/** https://www.mongodb.com/docs/manual/reference/connection-string/ */
const form =
  /^mongodb(?<srv>\+srv)?:\/\/\{\{username\}\}:\{\{password\}\}@(?<hosts>[^/?@]+)(?:\/(?<database>[^/?]*))?(?:\?(?<parameters>.*))?$/;
const MOST_HOSTS = 50;
/** https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions, for names that every platform takes. */
export const DATABASE_NAME = /^[^/\\. "$*<>:|?\0]{1,63}$/;

/**
 * Reads a connection string, and refuses what would lead elsewhere, read a file of this machine or believe anybody.
 * @param encrypted whether the settings say certificates, so that TLS is meant
 * @throws WatchwordError `engine.invalid`
 */
export function parseAddress(text: string, encrypted: boolean): MongodbAddress {
  const groups = form.exec(text)?.groups;
  if (groups === undefined) {
    invalidSetting(
      WHERE,
      'must be like mongodb://{{username}}:{{password}}@host:27017/admin?tls=true; the name and the password stand in fields of their own',
    );
  }
  const { srv, hosts = '', parameters = '' } = groups;
  const places = hosts.split(',');
  const local = places.map((place) => checkPlace(place, srv !== undefined)).every(Boolean);
  if (places.length > MOST_HOSTS || (srv !== undefined && places.length > 1)) invalidSetting(WHERE, 'holds too many hosts');
  const said = parametersOf(parameters);
  const tls = said.get('tls');
  if (tls === 'false' && encrypted) invalidSetting(WHERE, 'tls=false contradicts the certificates that are set');
  checkTopology(said, places.length, srv !== undefined);
  const replicaSet = said.get('replicaset');
  const authMechanism = said.get('authmechanism') as MongodbAddress['authMechanism'];
  return {
    url: `mongodb${srv ?? ''}://${hosts}/`,
    authSource: databaseOf(said.get('authsource') ?? (groups['database'] || 'admin')),
    tls: tls === undefined ? encrypted || srv !== undefined || !local : tls === 'true',
    directConnection: said.get('directconnection') === 'true',
    loadBalanced: said.get('loadbalanced') === 'true',
    ...(replicaSet === undefined ? {} : { replicaSet }),
    ...(authMechanism === undefined ? {} : { authMechanism }),
  };
}

/** What the driver would not take together. */
function checkTopology(said: ReadonlyMap<string, string>, hosts: number, srv: boolean): void {
  const direct = said.get('directconnection') === 'true';
  const balanced = said.get('loadbalanced') === 'true';
  if (direct && (hosts > 1 || srv)) invalidSetting(WHERE, 'directConnection goes to one host of mongodb://');
  if (balanced && (hosts > 1 || direct || said.has('replicaset'))) {
    invalidSetting(WHERE, 'loadBalanced goes to one host, without directConnection and replicaSet');
  }
}

/** Gives whether it is this machine. */
function checkPlace(place: string, srv: boolean): boolean {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(place);
  const [, address, name, port] = parts ?? [];
  const number = Number(port ?? 27_017);
  if (parts === null || number < 1 || number > 65_535 || (address !== undefined && isIP(address) !== 6)) {
    invalidSetting(WHERE, 'holds hosts and their ports: mongodb-1.example:27017,mongodb-2.example:27017, [::1]:27017');
  }
  if (srv && (port !== undefined || isIP(name ?? '') !== 0)) invalidSetting(WHERE, 'mongodb+srv:// has one name and no port');
  return address === '::1' || name === 'localhost' || (isIP(name ?? '') === 4 && name?.startsWith('127.') === true);
}

const boolean = /^(?:true|false)$/;
/** In small letters, as names of parameters are read; what they may be. */
const taken: ReadonlyMap<string, RegExp> = new Map([
  ['tls', boolean],
  ['authsource', /./],
  ['replicaset', /^[\w.-]{1,128}$/],
  ['directconnection', boolean],
  ['loadbalanced', boolean],
  ['authmechanism', /^SCRAM-SHA-(?:1|256)$/],
  ['retrywrites', boolean],
  ['appname', /^[ -~]{0,128}$/],
]);

function parametersOf(text: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const [written, value] of new URLSearchParams(text)) {
    const name = written.toLowerCase() === 'ssl' ? 'tls' : written.toLowerCase();
    const told = written.slice(0, 40);
    if (/^(?:w|wtimeoutms|journal)$/.test(name)) invalidSetting(WHERE, `${told} stands in write_concern`);
    if (/^tls(?:insecure|allow)/.test(name))
      invalidSetting(WHERE, `${told} lets anybody be the server: name its authority in tls_ca`);
    const allowed = taken.get(name);
    if (allowed === undefined) invalidSetting(WHERE, `the parameter ${told} is not taken`);
    if (!allowed.test(value)) invalidSetting(WHERE, `the parameter ${told} cannot be this`);
    if (said.has(name)) invalidSetting(WHERE, `the parameter ${told} stands there twice`);
    said.set(name, value);
  }
  return said;
}

function databaseOf(written: string): string {
  const name = decoded(written);
  if (!DATABASE_NAME.test(name)) invalidSetting(WHERE, 'the database is none that users of a password belong to');
  return name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return invalidSetting(WHERE, 'the name of the database is not encoded as in a URL');
  }
}
