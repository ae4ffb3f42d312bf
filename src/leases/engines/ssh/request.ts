import { z } from 'zod';
import type { Secret } from '../../../foundation/secret.ts';
import type { EngineDependencies, LeaseFacts } from '../engine.ts';
import { invalidRequest } from '../invalid-setting.ts';
import type { CertificateType } from './certificate.ts';
import { keyChoice } from './key-choice.ts';
import { isKeyId, keyIdOf } from './key-id.ts';
import { faultOfCriticalOptions, faultOfExtensions, type Options } from './options.ts';
import { faultOfPrincipal, MOST_PRINCIPALS } from './principals.ts';
import { generateKey, printPrivateKey } from './private-key.ts';
import { type PublicKey, parsePublicKey, printPublicKey } from './public-key.ts';
import { principalsIn, type SshRole } from './role.ts';
import { WireError } from './wire.ts';

/** What a caller may say. With a public key that one is signed; without, a pair is made. */
export interface SshRequest {
  readonly publicKey?: string | undefined;
  readonly validPrincipals?: readonly string[] | undefined;
  readonly certType?: CertificateType | undefined;
  readonly keyId?: string | undefined;
  readonly extensions?: Options | undefined;
  readonly criticalOptions?: Options | undefined;
  /** Of the pair to be made: `ed25519`, `ec`, `rsa`. */
  readonly keyType?: string | undefined;
  readonly keyBits?: number | undefined;
}

const options = z
  .record(z.string().max(128), z.string().max(4096))
  .refine((all) => Object.keys(all).length <= 32, 'has too many');

export const sshRequestFields = {
  publicKey: z.string().max(8192).optional(),
  validPrincipals: z.array(z.string().max(255)).max(MOST_PRINCIPALS).optional(),
  certType: z.enum(['user', 'host'], 'must be user or host').optional(),
  keyId: z.string().max(255).optional(),
  extensions: options.optional(),
  criticalOptions: options.optional(),
  keyType: z.string().max(64).optional(),
  keyBits: z.int().min(0).max(16_384).optional(),
} satisfies z.ZodRawShape;

/** Everything that a certificate says, and the key that was made for it: signing it again gives the same words. */
export interface SshMaterial {
  readonly publicKey: string;
  readonly privateKey: Secret | undefined;
  readonly certificateType: CertificateType;
  readonly principals: readonly string[];
  /** Seconds since the epoch. */
  readonly validAfter: number;
  readonly keyId: string;
  readonly criticalOptions: Options;
  readonly extensions: Options;
  /** Base64. */
  readonly nonce: string;
}

const NONCE_BYTES = 32;

/** @throws WatchwordError `request.invalid` for what the role does not allow */
export async function prepareCertificate(
  role: SshRole,
  lease: LeaseFacts,
  { clock, random }: EngineDependencies,
  request: SshRequest,
): Promise<SshMaterial> {
  const certificateType = typeOf(role, request);
  const principals = principalsOf(role, certificateType, request);
  const options = optionsOf(role, certificateType, request);
  const { key, privateKey } = await subject(role, request, random);
  return {
    publicKey: printPublicKey(key),
    privateKey,
    certificateType,
    principals,
    validAfter: Math.floor(clock.now() / 1000) - role.notBeforeDuration,
    keyId: keyId(role, lease, request, key),
    ...options,
    nonce: random.bytes(NONCE_BYTES).toString('base64'),
  };
}

function typeOf({ allowUserCertificates, allowHostCertificates }: SshRole, { certType = 'user' }: SshRequest): CertificateType {
  const allowed = certType === 'user' ? allowUserCertificates : allowHostCertificates;
  return allowed ? certType : invalidRequest('cert_type', `the role allows no certificates of ${certType}s`);
}

function principalsOf(role: SshRole, type: CertificateType, { validPrincipals = [] }: SshRequest): readonly string[] {
  const usual = type === 'user' ? principalsIn(role.defaultUser) : [];
  const principals = [...new Set(validPrincipals.length > 0 ? validPrincipals : usual)];
  if (principals.length === 0) {
    invalidRequest('valid_principals', 'must be set: a certificate without a principal would be good for everybody');
  }
  for (const principal of principals) {
    const fault = faultOfPrincipal(role, type, principal);
    if (fault !== undefined) invalidRequest('valid_principals', fault);
  }
  return principals;
}

function optionsOf(role: SshRole, type: CertificateType, { extensions = {}, criticalOptions = {} }: SshRequest) {
  if (type === 'host') {
    if (Object.keys(extensions).length > 0) invalidRequest('extension', 'certificates of hosts have none');
    if (Object.keys(criticalOptions).length > 0) invalidRequest('critical_options', 'certificates of hosts have none');
    return { extensions: {}, criticalOptions: {} };
  }
  return { extensions: extensionsOf(role, extensions), criticalOptions: criticalOptionsOf(role, criticalOptions) };
}

function extensionsOf({ allowedExtensions, defaultExtensions }: SshRole, asked: Options): Options {
  if (Object.keys(asked).length === 0) return defaultExtensions;
  const fault = faultOfExtensions(asked);
  if (fault !== undefined) invalidRequest('extension', fault);
  for (const [name, value] of Object.entries(asked)) {
    const usual = Object.hasOwn(defaultExtensions, name) && defaultExtensions[name] === value;
    if (!usual && !allows(allowedExtensions, name)) invalidRequest('extension', `the role does not allow ${name}`);
  }
  return asked;
}

/** They narrow: what the role says stays, and the caller may add to it. */
function criticalOptionsOf(role: SshRole, asked: Options): Options {
  const { allowedCriticalOptions, defaultCriticalOptions, sourceAddresses } = role;
  const always: Options =
    sourceAddresses.length === 0
      ? defaultCriticalOptions
      : { ...defaultCriticalOptions, 'source-address': sourceAddresses.join(',') };
  const fault = faultOfCriticalOptions(asked);
  if (fault !== undefined) invalidRequest('critical_options', fault);
  for (const [name, value] of Object.entries(asked)) {
    if (Object.hasOwn(always, name)) {
      if (always[name] !== value) invalidRequest('critical_options', `${name} is said by the role`);
    } else if (!allows(allowedCriticalOptions, name)) invalidRequest('critical_options', `the role does not allow ${name}`);
  }
  return { ...asked, ...always };
}

const allows = (allowed: readonly string[], name: string): boolean => allowed.includes('*') || allowed.includes(name);

async function subject(
  role: SshRole,
  { publicKey = '', keyType, keyBits = 0 }: SshRequest,
  random: EngineDependencies['random'],
): Promise<{ readonly key: PublicKey; readonly privateKey: Secret | undefined }> {
  if (publicKey !== '') {
    if (keyType !== undefined || keyBits !== 0)
      invalidRequest('key_type', 'goes without public_key: it is for keys that are made');
    const key = parsed(publicKey);
    checkLength(role, key, 'public_key');
    return { key, privateKey: undefined };
  }
  const choice = keyChoice(keyType ?? 'ed25519', keyBits);
  if (choice === undefined) invalidRequest('key_bits', 'there is no such length of this type, or no such key_type');
  const pair = await generateKey(choice.kind, choice.bits);
  checkLength(role, pair.public, 'key_type');
  return { key: pair.public, privateKey: printPrivateKey(pair, random) };
}

function parsed(publicKey: string): PublicKey {
  try {
    return parsePublicKey(publicKey);
  } catch (error) {
    if (error instanceof WireError) invalidRequest('public_key', error.message);
    throw error;
  }
}

function checkLength({ allowedUserKeyLengths }: SshRole, key: PublicKey, where: string): void {
  if (Object.keys(allowedUserKeyLengths).length === 0) return;
  const family = key.family === 'ec' ? ['ec', 'ecdsa'] : [key.family];
  const lengths = [key.type, ...family].flatMap((name) => allowedUserKeyLengths[name] ?? []);
  // Of Ed25519 there is one length: any number stands for it.
  const allowed = key.family === 'ed25519' ? lengths.length > 0 : lengths.includes(key.bits) || lengths.includes(0);
  if (!allowed) invalidRequest(where, `the role allows no ${key.type} with ${key.bits} bits`);
}

function keyId(role: SshRole, lease: LeaseFacts, { keyId: said = '' }: SshRequest, key: PublicKey): string {
  if (said === '') return keyIdOf(role.keyIdFormat, lease, key);
  if (!role.allowUserKeyIds) invalidRequest('key_id', 'the role allows none of callers (allow_user_key_ids)');
  return isKeyId(said) ? said : invalidRequest('key_id', 'may hold up to 255 letters, digits and _.@:/+=,-');
}
