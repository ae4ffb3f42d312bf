import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { SIGNATURE_ALGORITHMS } from './certificate.ts';
import { faultOfFormat } from './key-id.ts';
import { faultOfCriticalOptions, faultOfExtensions, isCriticalOption, isExtension, type Options } from './options.ts';
import { faultOfPrincipal, isHostPattern, isUserPattern, MOST_PRINCIPALS } from './principals.ts';
import { keyTypeNames } from './public-key.ts';
import { faultOfCidr } from './source-addresses.ts';

/** What is signed for whom. Names as in Vault; `sourceAddresses` is ours. */
export interface SshRole {
  readonly keyType: 'ca';
  /** Empty for the usual one of the signing key. */
  readonly algorithmSigner: string;
  readonly allowUserCertificates: boolean;
  readonly allowHostCertificates: boolean;
  /** Principals of users; `*` for any. */
  readonly allowedUsers: readonly string[];
  readonly defaultUser: string;
  /** Of hosts; `*` for any name. */
  readonly allowedDomains: readonly string[];
  readonly allowBareDomains: boolean;
  readonly allowSubdomains: boolean;
  /** What callers may ask for; `*` for any. */
  readonly allowedExtensions: readonly string[];
  /** What certificates get that ask for none. */
  readonly defaultExtensions: Options;
  readonly allowedCriticalOptions: readonly string[];
  /** What every certificate of a user gets. */
  readonly defaultCriticalOptions: Options;
  /** CIDRs, the only places that certificates are good from; empty for everywhere. */
  readonly sourceAddresses: readonly string[];
  readonly allowUserKeyIds: boolean;
  readonly keyIdFormat: string;
  /** By type of key, bits; none at all for any key that is long enough. */
  readonly allowedUserKeyLengths: Readonly<Record<string, readonly number[]>>;
  /** Seconds before the issue from which on a certificate is good: clocks differ. */
  readonly notBeforeDuration: number;
}

const NO_TEMPLATES = 'is not supported: name what is allowed';
const names = z.array(z.string().min(1).max(255)).max(256);
const options = z
  .record(z.string().min(1).max(128), z.string().max(4096))
  .refine((all) => Object.keys(all).length <= 32, 'has too many');
const keyNames = [...keyTypeNames, 'rsa', 'ec', 'ecdsa', 'ed25519'];
const lengths = z.array(z.int().min(0).max(16_384)).max(8);

export const sshRoleFields = {
  keyType: z.literal('ca', 'must be ca: nobody is let in by passwords or keys that lie on servers'),
  algorithmSigner: z
    .enum(['', 'default', ...SIGNATURE_ALGORITHMS], `must be one of default, ${SIGNATURE_ALGORITHMS.join(', ')}`)
    .transform((name) => (name === 'default' ? '' : name)),
  allowUserCertificates: z.boolean(),
  allowHostCertificates: z.boolean(),
  allowedUsers: names,
  allowedUsersTemplate: z.literal(false, NO_TEMPLATES).optional(),
  defaultUser: z.string().max(255),
  defaultUserTemplate: z.literal(false, NO_TEMPLATES).optional(),
  allowedDomains: names,
  allowedDomainsTemplate: z.literal(false, NO_TEMPLATES).optional(),
  allowBareDomains: z.boolean(),
  allowSubdomains: z.boolean(),
  allowedExtensions: names,
  defaultExtensions: options,
  defaultExtensionsTemplate: z.literal(false, NO_TEMPLATES).optional(),
  allowedCriticalOptions: names,
  defaultCriticalOptions: options,
  sourceAddresses: names,
  allowUserKeyIds: z.boolean(),
  keyIdFormat: z.string().max(512),
  allowedUserKeyLengths: z.record(
    z.string().refine((name) => keyNames.includes(name), `must name ${keyNames.join(', ')}`),
    lengths,
  ),
  notBeforeDuration: z.int().min(0).max(3600),
} satisfies z.ZodRawShape;

export const newSshRole: SshRole = {
  keyType: 'ca',
  algorithmSigner: '',
  allowUserCertificates: false,
  allowHostCertificates: false,
  allowedUsers: [],
  defaultUser: '',
  allowedDomains: [],
  allowBareDomains: false,
  allowSubdomains: false,
  allowedExtensions: [],
  defaultExtensions: {},
  allowedCriticalOptions: [],
  defaultCriticalOptions: {},
  sourceAddresses: [],
  allowUserKeyIds: false,
  keyIdFormat: '',
  allowedUserKeyLengths: {},
  notBeforeDuration: 30,
};

/** @throws WatchwordError `engine.invalid` */
export function checkSshRole(role: SshRole): readonly string[] {
  if (!role.allowUserCertificates && !role.allowHostCertificates) {
    invalidSetting('allow_user_certificates', 'or allow_host_certificates must be true');
  }
  checkUsers(role);
  checkHosts(role);
  checkOptions(role);
  refuse('key_id_format', faultOfFormat(role.keyIdFormat));
  return warningsOf(role);
}

function refuse(where: string, fault: string | undefined): void {
  if (fault !== undefined) invalidSetting(where, fault);
}

function checkUsers(role: SshRole): void {
  const { allowUserCertificates, allowedUsers, defaultUser } = role;
  if (!allowedUsers.every(isUserPattern)) {
    invalidSetting('allowed_users', 'holds something that is neither the name of an account nor *');
  }
  if (allowUserCertificates && allowedUsers.length === 0) {
    invalidSetting('allowed_users', 'must be set: a certificate without a principal would be good for every account');
  }
  for (const name of principalsIn(defaultUser)) refuse('default_user', faultOfPrincipal(role, 'user', name));
}

/** `default_user` may hold several, with commas. */
export const principalsIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .slice(0, MOST_PRINCIPALS + 1);

function checkHosts({ allowHostCertificates, allowedDomains, allowBareDomains, allowSubdomains }: SshRole): void {
  if (!allowedDomains.every(isHostPattern)) {
    invalidSetting('allowed_domains', 'holds something that is neither a domain in small letters nor *');
  }
  if (!allowHostCertificates) return;
  if (allowedDomains.length === 0) invalidSetting('allowed_domains', 'must be set for certificates of hosts');
  if (!allowBareDomains && !allowSubdomains && !allowedDomains.includes('*')) {
    invalidSetting('allow_subdomains', 'or allow_bare_domains must be true, or no host is allowed');
  }
}

function checkOptions(role: SshRole): void {
  const { allowedExtensions, defaultExtensions, allowedCriticalOptions, defaultCriticalOptions, sourceAddresses } = role;
  if (!allowedExtensions.every((name) => name === '*' || isExtension(name))) {
    invalidSetting('allowed_extensions', 'holds an extension that OpenSSH does not know');
  }
  if (!allowedCriticalOptions.every((name) => name === '*' || isCriticalOption(name))) {
    invalidSetting('allowed_critical_options', 'holds an option that OpenSSH does not know');
  }
  refuse('default_extensions', faultOfExtensions(defaultExtensions));
  refuse('default_critical_options', faultOfCriticalOptions(defaultCriticalOptions));
  for (const cidr of sourceAddresses) refuse('source_addresses', faultOfCidr(cidr));
  if (sourceAddresses.length > 0 && Object.hasOwn(defaultCriticalOptions, 'source-address')) {
    invalidSetting('source_addresses', 'says the same as source-address in default_critical_options: leave one of them out');
  }
}

function warningsOf(role: SshRole): string[] {
  const { allowUserCertificates, allowedUsers, allowedDomains, allowHostCertificates, defaultExtensions, allowedExtensions } =
    role;
  const anybody = allowedUsers.includes('*');
  const silent = Object.keys(defaultExtensions).length + allowedExtensions.length === 0;
  const warnings: (string | false)[] = [
    allowUserCertificates && anybody && 'allowed_users is *: certificates may be for every account, root included',
    allowUserCertificates && !anybody && allowedUsers.includes('root') && 'allowed_users holds root',
    allowHostCertificates && allowedDomains.includes('*') && 'allowed_domains is *: certificates may be for every host',
    allowUserCertificates &&
      silent &&
      `no extensions: sessions get no terminal. default_extensions='{"permit-pty": ""}' gives them one`,
  ];
  return warnings.filter((warning) => warning !== false);
}
