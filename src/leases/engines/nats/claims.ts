import { createHash } from 'node:crypto';
import { z } from 'zod';
import { base32, isSignedBy, type Nkey, NkeyFault } from './nkeys.ts';

const HEADER = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' })).toString('base64url');

/** A JWT of NATS says who it is about, and under `nats` what that one may. Times are in seconds. */
export interface NatsClaims {
  readonly sub: string;
  readonly name?: string | undefined;
  readonly iat: number;
  readonly exp?: number | undefined;
  readonly nats: Readonly<Record<string, unknown>>;
}

/** Signed, with its issuer and the hash that is its id. */
export function signClaims(claims: NatsClaims, key: Nkey): string {
  const { jti: _older, ...rest } = { jti: '', ...claims };
  const body = { ...rest, iss: key.publicKey, jti: '' };
  const jti = base32(createHash('sha512-256').update(JSON.stringify(body)).digest());
  const signed = `${HEADER}.${Buffer.from(JSON.stringify({ ...body, jti })).toString('base64url')}`;
  return `${signed}.${key.sign(Buffer.from(signed)).toString('base64url')}`;
}

const accountClaims = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  name: z.string().optional(),
  iat: z.number(),
  exp: z.number().optional(),
  nats: z.looseObject({
    type: z.literal('account'),
    revocations: z.record(z.string(), z.number()).optional(),
    signing_keys: z.array(z.union([z.string(), z.looseObject({ key: z.string() })])).optional(),
  }),
});

/** What an account's operator says of it; all of it, so that it can be said again. */
export type AccountClaims = z.infer<typeof accountClaims>;

/** Undefined unless it is well-formed, about this account, and signed by who it says. */
export function readAccountClaims(jwt: string, account: string): AccountClaims | undefined {
  const parts = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(jwt.trim());
  if (parts === null) return undefined;
  const [, header = '', body = '', signature = ''] = parts;
  try {
    const parsed = accountClaims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    if (!parsed.success || parsed.data.sub !== account) return undefined;
    const signed = isSignedBy(parsed.data.iss, Buffer.from(`${header}.${body}`), Buffer.from(signature, 'base64url'));
    return signed ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NkeyFault) return undefined;
    throw error;
  }
}

/** The file that clients of NATS take. */
export const credsFile = (jwt: string, seed: string): string =>
  [block('NATS USER JWT', jwt), block('USER NKEY SEED', seed)].join('\n');

const block = (title: string, content: string) => `-----BEGIN ${title}-----\n${content}\n------END ${title}------\n`;

/** What such a file holds; undefined where it is none. */
export function readCredsFile(text: string): { readonly jwt: string; readonly seed: string } | undefined {
  const [jwt, seed] = [...text.matchAll(/-{3,}BEGIN [^\n]*-{3,}\s+([\w.-]+)\s+-{3,}END/g)].map((match) => match[1]);
  return jwt === undefined || seed === undefined ? undefined : { jwt, seed };
}
