import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type AnyOperation, defineRead, type ReadContext } from '../../access/operation.ts';
import type { InputOf } from '../../access/operation-types.ts';
import { secretSchema } from '../../foundation/bounds.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { KeySet } from './contract.ts';
import { originOf, pathOfIssuer, VAULT_PATH } from './issuer-name.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { cacheSeconds, publishedKeysAt, signingKeyAt } from './named-key.ts';
import { type SigningKey, signingAlgorithms } from './signing-key.ts';

type Nothing = Record<string, never>;

const nothing = z.object({}) as unknown as z.ZodType<Nothing>;
const LONGEST_TOKEN = 16 * 1024;

/** What verifiers ask: where the keys are, which they are, and whether a token is one of ours. */
export function verificationOperations(records: IssuerRecords): AnyOperation[] {
  const open = { authentication: 'none', capability: 'read' } as const;
  const event = { class: 'access-change', activity: 'read', clear: [], recorded: false } as const;
  const wellKnown = (name: string) => (_input: unknown, mount: MountPoint) => `${mount.path}oidc/.well-known/${name}`;
  return [
    defineRead<'issuer.describe'>({
      name: 'issuer.describe',
      summary: 'Tell who the issuer of tokens is and where its keys are.',
      ...open,
      input: nothing,
      path: wellKnown('openid-configuration'),
      event,
      perform: (_input, context) => describe(records, context),
    }),
    defineRead<'issuer.key-set'>({
      name: 'issuer.key-set',
      summary: 'Give the public keys that tokens are verified with.',
      ...open,
      input: nothing,
      path: wellKnown('keys'),
      event,
      perform: (_input, context) => keySet(records, context),
    }),
    defineRead<'issuer.introspect'>({
      name: 'issuer.introspect',
      summary: 'Say whether a token is one of ours and still valid.',
      capability: 'update',
      input: z.object({ token: secretSchema, clientId: z.string().max(1024).optional() }),
      path: (_input, mount) => `${mount.path}oidc/introspect`,
      event: { class: 'access-change', activity: 'read', clear: ['clientId'] },
      perform: async (input, context) => ({ active: await isActive(records, input, context) }),
    }),
  ];
}

async function describe(records: IssuerRecords, { reader, mount }: ReadContext) {
  const issuer = await records.issuer(reader, mount);
  const path = pathOfIssuer(issuer);
  // An issuer at another path is a copy of the documents, or a proxy: tokens are exchanged here all the same.
  const here = path === '' || path === VAULT_PATH ? originOf(issuer) : records.address;
  return {
    issuer,
    path,
    keySetUrl: `${issuer}/.well-known/keys`,
    tokenUrl: `${here}/oauth/token`,
    algorithms: signingAlgorithms,
  };
}

async function keySet(records: IssuerRecords, { reader, mount, now }: ReadContext): Promise<KeySet> {
  const keys = [...(await records.allKeys(reader, mount)).values()];
  const signing = new Set(keys.map((named) => signingKeyAt(named, now)));
  const published = keys.flatMap((named) => publishedKeysAt(named, now)).sort((a, b) => rank(a, signing) - rank(b, signing));
  return { keys: published.map((key) => key.published), cacheSeconds: cacheSeconds(keys) };
}

/** Verifiers that look at the first key alone, as Ceph's do, find one that signs, and has a certificate where there is any. */
function rank(key: SigningKey, signing: ReadonlySet<SigningKey | undefined>): number {
  return (signing.has(key) ? 0 : 2) + (key.algorithm === 'RS256' ? 0 : 1);
}

async function isActive(records: IssuerRecords, { token, clientId }: InputOf<'issuer.introspect'>, context: ReadContext) {
  if (token.length > LONGEST_TOKEN) return false;
  const { keys } = await keySet(records, context);
  const issuer = await records.issuer(context.reader, context.mount);
  try {
    await jwtVerify(token.text, createLocalJWKSet({ keys: [...keys] }), {
      issuer,
      algorithms: [...signingAlgorithms],
      requiredClaims: ['exp', 'iat', 'nbf', 'sub', 'aud', 'jti'],
      currentDate: new Date(context.now),
      ...(clientId === undefined || clientId === '' ? {} : { audience: clientId }),
    });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
