import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { KEY_CHOICES, keyChoice } from './key-choice.ts';
import { exportPrivateKey, generateKey, type KeyPair, parsePrivateKey } from './private-key.ts';
import { parsePublicKey, printPublicKey } from './public-key.ts';
import { WireError } from './wire.ts';

/** The authority that signs. Names in Vault: `private_key`, `public_key`, `generate_signing_key`, `key_type`, `key_bits`. */
export interface SshConnection {
  readonly privateKey: Secret | undefined;
  /** As `TrustedUserCAKeys` wants it. */
  readonly publicKey: string;
  readonly generateSigningKey: boolean;
  readonly keyType: string;
  readonly keyBits: number;
}

export const sshConnectionFields = {
  privateKey: secretSchema.optional(),
  publicKey: z.string().max(8192),
  generateSigningKey: z.boolean(),
  keyType: z.string().refine((name) => KEY_CHOICES.includes(name), `must be one of ${KEY_CHOICES.join(', ')}`),
  keyBits: z.int().min(0).max(16_384),
} satisfies z.ZodRawShape;

export const newSshConnection: SshConnection = {
  privateKey: undefined,
  publicKey: '',
  generateSigningKey: true,
  keyType: 'ed25519',
  keyBits: 0,
};

const sameBytes = (a: Secret | undefined, b: Secret | undefined): boolean =>
  a !== undefined && b !== undefined && a.bytes.equals(b.bytes);

/**
 * Makes the signing key where none was given, and says which public key belongs to it. A key that is there stays: every server
 * that trusts it would have to learn of another one.
 * @throws WatchwordError `engine.invalid`
 */
export async function completeSshConnection(said: SshConnection, before: SshConnection | undefined): Promise<SshConnection> {
  if (before?.privateKey !== undefined) {
    const same = sameBytes(said.privateKey, before.privateKey) && said.publicKey === before.publicKey;
    if (!same)
      invalidSetting('private_key', 'a signing key is configured already: delete config/ca before you configure another one');
    return before;
  }
  if (said.privateKey === undefined) return await generated(said);
  const pair = signingKey(said.privateKey);
  checkPublicKey(said.publicKey, pair);
  return { ...said, generateSigningKey: false, publicKey: printPublicKey(pair.public), keyType: pair.public.type, keyBits: 0 };
}

async function generated(said: SshConnection): Promise<SshConnection> {
  if (said.publicKey !== '') invalidSetting('private_key', 'goes with public_key');
  if (!said.generateSigningKey) invalidSetting('private_key', 'must be set, or generate_signing_key=true');
  const choice = keyChoice(said.keyType, said.keyBits);
  if (choice === undefined) invalidSetting('key_bits', 'is no length of keys of this type; 0 for the usual one');
  const pair = await generateKey(choice.kind, choice.bits);
  return { ...said, privateKey: exportPrivateKey(pair), publicKey: printPublicKey(pair.public) };
}

/** @throws WatchwordError `engine.invalid` */
export function checkSshConnection({ privateKey, publicKey }: SshConnection): void {
  if (privateKey === undefined) invalidSetting('private_key', 'must be set');
  checkPublicKey(publicKey, signingKey(privateKey));
}

function checkPublicKey(publicKey: string, pair: KeyPair): void {
  if (publicKey === '') return;
  let told: Buffer;
  try {
    told = parsePublicKey(publicKey).blob;
  } catch (error) {
    if (error instanceof WireError) invalidSetting('public_key', error.message);
    throw error;
  }
  if (!told.equals(pair.public.blob)) invalidSetting('public_key', 'is not that of private_key');
}

function signingKey(privateKey: Secret): KeyPair {
  try {
    return parsePrivateKey(privateKey);
  } catch (error) {
    if (error instanceof WireError) invalidSetting('private_key', error.message);
    throw error;
  }
}
