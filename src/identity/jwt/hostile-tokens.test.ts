import { createPublicKey, type JsonWebKeyInput, KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../access/testing/test-door.ts';
import { isWatchwordError } from '../../foundation/errors.ts';
import type { JsonObject } from '../../foundation/exact-json.ts';
import { silentLogger } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import type { IssuerSettings } from './issuer-settings.ts';
import { jwtReasons } from './jwt-reasons.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { KeySets } from './key-sets.ts';
import { base64url, joined, signedRaw, signedWithPublicKey } from './testing/raw-token.ts';
import { IssuerNetwork, makeTestKey, TestIssuer, type TestKey } from './testing/test-issuer.ts';
import type { TokenRules } from './token-rules.ts';

const clock = new TestClock();
const now = Math.floor(clock.now() / 1000);
const issuer = await TestIssuer.create();
const stranger = await TestIssuer.create({ issuer: 'https://stranger.example', kid: 'foreign' });
const rsa = await TestIssuer.create({ issuer: 'https://rsa.example', algorithm: 'RS256' });
const claims = { iss: issuer.issuer, sub: 'system:serviceaccount:ml:train', aud: 'watchword', iat: now, exp: now + 600 };
const header = { alg: 'ES256', kid: 'first', typ: 'JWT' };
const headerText = JSON.stringify(header);
const claimsText = JSON.stringify(claims);

interface Rules extends Partial<TokenRules> {
  readonly settings?: IssuerSettings;
}
const rules: TokenRules = { audiences: ['watchword'] };

async function outcome(token: Secret, { settings = issuer.settings, ...more }: Rules = {}): Promise<string> {
  const network = new IssuerNetwork(issuer, rsa);
  const keySets = new KeySets({ network, clock, logger: silentLogger });
  try {
    await new JwtVerifier({ keySets, clock }).verify(token, settings, { ...rules, ...more });
    return 'accepted';
  } catch (error) {
    if (!isWatchwordError(error, 'login.refused')) throw error;
    expect(Object.keys(jwtReasons)).toContain(error.reason);
    expect(error.message).toBe('Permission denied.');
    return error.reason ?? '';
  }
}

const signed = (changes: JsonObject, more: JsonObject = {}, key?: TestKey) => issuer.sign({ ...claims, ...changes }, more, key);
const without = (name: string) => issuer.sign(Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name)));
const rawClaims = (text: string | Uint8Array) => signedRaw(headerText, text, issuer.key);
const rawHeader = (text: string | Uint8Array) => signedRaw(text, claimsText, issuer.key);
/** The claims with one of them written as it is. */
const written = (name: string, text: string) => rawClaims(claimsText.replace(/}$/, `,"${name}":${text}}`));
const writtenTime = (name: 'exp' | 'iat', text: string) =>
  rawClaims(claimsText.replace(new RegExp(`"${name}":\\d+`), () => `"${name}":${text}`));
const changed = async (change: (text: string) => string) => Secret.fromText(change((await signed({})).text));
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const publicPem = (jwk: JWK) =>
  createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput).export({ type: 'spki', format: 'pem' });

it('an honest token is accepted', async () => {
  expect(await outcome(await signed({}))).toBe('accepted');
  expect(await outcome(rawClaims(claimsText))).toBe('accepted');
});

type Row = readonly [what: string, make: () => Promise<Secret> | Secret, reason: string, rules?: Rules];

function refuses(rows: readonly Row[]): void {
  for (const [what, make, reason, more] of rows) {
    it(what, async () => {
      expect(await outcome(await make(), more)).toBe(`jwt.${reason}`);
    });
  }
}

describe('a token is refused for its algorithm:', () => {
  const restricted = (name: string): IssuerSettings => ({
    ...rsa.settings,
    algorithms: ['RS256', 'PS256'],
    keys: { from: 'static', jwks: JSON.stringify({ keys: [{ ...rsa.key.jwk, alg: name }] }) },
  });

  const { alg: _alg, ...open } = rsa.key.jwk;
  const unrestricted: IssuerSettings = { ...rsa.settings, keys: { from: 'static', jwks: JSON.stringify({ keys: [open] }) } };
  const alg = (name: unknown) => () => joined(JSON.stringify({ ...header, alg: name }), claimsText);
  refuses([
    ...['none', 'None', 'NONE', 'nOnE', 'none ', '', 'es256', 'ES256K', 'HS256', 'RS256', 'PS256', 'ES384', 'EdDSA'].map(
      (name): Row => [`alg ${name}`, alg(name), 'algorithm'],
    ),
    ['alg null', alg(null), 'algorithm'],
    ['alg a list', alg(['ES256']), 'algorithm'],
    ['no alg', alg(undefined), 'algorithm'],
    ['no alg, but one in __proto__', () => rawHeader('{"__proto__":{"alg":"ES256"},"kid":"first"}'), 'algorithm'],
    ['HS256 with the public PEM', () => hmac(publicPem(issuer.key.jwk)), 'algorithm'],
    ['HS256 with the JWK', () => hmac(JSON.stringify(issuer.key.jwk)), 'algorithm'],
    ['HS256 with the point', () => hmac(Buffer.from(`${issuer.key.jwk.x}${issuer.key.jwk.y}`)), 'algorithm'],
    ['RS256 where the key says PS256', () => psToken('RS256'), 'algorithm', { settings: restricted('PS256') }],
    ['PS256 where only RS256 is allowed', () => psToken('PS256'), 'algorithm', { settings: rsa.settings }],
    ['PS256 where only RS256 is allowed, with a key for both', () => psToken('PS256'), 'algorithm', { settings: unrestricted }],
    [
      'ES384 with the kid of a P-256 key',
      wrongCurve,
      'algorithm',
      { settings: { ...issuer.settings, algorithms: ['ES256', 'ES384'] } },
    ],
  ]);

  const hmac = (key: string | Buffer) => signedWithPublicKey({ ...header, alg: 'HS256' }, claims, key);
  async function wrongCurve() {
    return await signed({}, {}, { ...(await makeTestKey('first', 'ES384')), kid: 'first' });
  }
  async function psToken(name: string) {
    return await rsa.sign({ ...claims, iss: rsa.issuer }, {}, { ...(await makeTestKey('first', name)), kid: 'first' });
  }
});

describe('a token is refused for its key:', () => {
  const two: IssuerSettings = {
    ...issuer.settings,
    keys: { from: 'static', jwks: JSON.stringify({ keys: [issuer.key.jwk, stranger.key.jwk] }) },
  };
  refuses([
    ['a kid that the issuer has not', () => signed({}, {}, stranger.key), 'unknown-key'],
    ['no kid where there are two keys', () => signed({}, { kid: undefined }), 'unknown-key', { settings: two }],
    ['a foreign key under a known kid', () => signed({}, { kid: 'first' }, stranger.key), 'signature'],
    ['a kid in another case', () => signed({}, { kid: 'First' }), 'unknown-key'],
    ['a kid with a look-alike', () => signed({}, { kid: 'f\u0456rst' }), 'unknown-key'],
    ['a kid that is a path', () => signed({}, { kid: '../../dev/null' }), 'unknown-key'],
    ['a kid that is SQL', () => signed({}, { kid: "' or 1=1 --" }), 'unknown-key'],
    ['an empty kid', () => signed({}, { kid: '' }), 'header'],
    ['a kid that is a number', () => rawHeader('{"alg":"ES256","kid":1}'), 'header'],
    ['a kid that is a list', () => rawHeader('{"alg":"ES256","kid":["first"]}'), 'header'],
    ['a kid with a line break', () => signed({}, { kid: 'first\n' }), 'header'],
    ['an endless kid', () => signed({}, { kid: 'x'.repeat(600) }), 'header'],
    ['its own key as jwk', () => signed({}, { jwk: stranger.key.jwk }, { ...stranger.key, kid: 'first' }), 'key-reference'],
    ['a jku', () => signed({}, { jku: 'https://stranger.example/keys' }), 'key-reference'],
    ['a jku of the issuer itself', () => signed({}, { jku: `${issuer.issuer}/keys` }), 'key-reference'],
    ['an x5u', () => signed({}, { x5u: 'https://stranger.example/chain' }), 'key-reference'],
    ['an x5c', () => signed({}, { x5c: ['AAAA'] }), 'key-reference'],
  ]);
});

describe('a token is refused for its signature:', () => {
  const zero = (length: number) => () => joined(headerText, claimsText, Buffer.alloc(length));
  const half = (part: 'r' | 's') => async () => {
    const [head, payload, signature = ''] = (await signed({})).text.split('.');
    const bytes = Buffer.from(signature, 'base64url').fill(0, part === 'r' ? 0 : 32, part === 'r' ? 32 : 64);
    return Secret.fromText(`${head}.${payload}.${base64url(bytes)}`);
  };
  refuses([
    ['none', zero(0), 'signature'],
    ['nothing but zeros', zero(64), 'signature'],
    ['r is zero', half('r'), 'signature'],
    ['s is zero', half('s'), 'signature'],
    ['nothing but ones', () => joined(headerText, claimsText, Buffer.alloc(64, 0xff)), 'signature'],
    ['in DER', () => signedRaw(headerText, claimsText, issuer.key, 'der'), 'signature'],
    ['zeros in DER', () => joined(headerText, claimsText, Buffer.from('3006020100020100', 'hex')), 'signature'],
    ['too long', () => changed((text) => `${text}AAAA`), 'signature'],
    ['cut off', () => changed((text) => text.slice(0, -2)), 'signature'],
    [
      'of another header',
      () => changed((text) => text.replace(/^[^.]+/, base64url('{"alg":"ES256","kid":"first"}'))),
      'signature',
    ],
    ['of other claims', () => changed((text) => text.replace(/\.[^.]+\./, `.${base64url(`${claimsText} `)}.`)), 'signature'],
    [
      'of another token',
      async () =>
        Secret.fromText((await signed({})).text.replace(/[^.]+$/, (await signed({ jti: '1' })).text.split('.')[2] ?? '')),
      'signature',
    ],
  ]);
});

describe('a token is refused for its form:', () => {
  /** 64 bytes end in a character of which four bits say nothing. */
  const strayBits = (honest: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return honest.slice(0, -1) + alphabet[alphabet.indexOf(honest.at(-1) ?? '') + 1];
  };

  /** Soundly signed, as a careless issuer would. */
  const strayPart = (index: 0 | 1) => {
    const parts = [
      `${headerText}${' '.repeat((4 - (headerText.length % 3)) % 3)}`,
      `${claimsText}${' '.repeat((4 - (claimsText.length % 3)) % 3)}`,
    ].map(base64url);
    parts[index] = strayBits(parts[index] ?? '');
    const input = parts.join('.');
    const key = { key: KeyObject.from(issuer.key.privateKey), dsaEncoding: 'ieee-p1363' } as const;
    return Secret.fromText(`${input}.${base64url(sign('sha256', Buffer.from(input), key))}`);
  };
  const text = (make: (honest: string) => string) => () => changed(make);
  refuses([
    ['empty', () => Secret.fromText(''), 'malformed'],
    ['no dots', text((honest) => honest.replaceAll('.', '')), 'malformed'],
    ['one dot', text((honest) => honest.split('.').slice(0, 2).join('.')), 'malformed'],
    ['three dots', text((honest) => `${honest}.`), 'malformed'],
    ['only dots', () => Secret.fromText('..'), 'malformed'],
    ['five parts', text((honest) => `${honest}.AAAA.AAAA`), 'encrypted'],
    ['five parts of something', text((honest) => `${honest}.A=.A`), 'malformed'],
    ['space before', text((honest) => ` ${honest}`), 'malformed'],
    ['line break after', text((honest) => `${honest}\n`), 'malformed'],
    ['line break within', text((honest) => honest.replace('.', '\n.')), 'malformed'],
    ['Bearer before', text((honest) => `Bearer ${honest}`), 'malformed'],
    ['padding', text((honest) => `${honest}==`), 'malformed'],
    ['the other alphabet', () => joinedText(headerText, Buffer.from(claimsText).toString('base64')), 'malformed'],
    ['stray bits in the last character', text(strayBits), 'malformed'],
    ['stray bits in the claims', () => strayPart(1), 'malformed'],
    ['stray bits in the header', () => strayPart(0), 'malformed'],
    ['full-width letters', text((honest) => honest.replace('J', '\uff2a')), 'malformed'],
    ['NUL after', text((honest) => `${honest}\0`), 'malformed'],
    ['the JSON serialisation', () => Secret.fromText(JSON.stringify({ payload: base64url(claimsText) })), 'malformed'],
    ['17 KiB', () => signed({ more: 'x'.repeat(17 * 1024) }), 'too-large'],
    ['bytes that are not UTF-8', () => rawClaims(Buffer.from(claimsText.replace('train', 'tr\u00e9in'), 'latin1')), 'malformed'],
    ['a byte order mark', () => rawClaims(`\ufeff${claimsText}`), 'malformed'],
    ['claims that are a list', () => rawClaims(`[${claimsText}]`), 'malformed'],
    ['claims that are a token', async () => rawClaims((await signed({})).text), 'malformed'],
    ['claims that are null', () => rawClaims('null'), 'malformed'],
    ['claims twice', () => rawClaims(claimsText + claimsText), 'malformed'],
    ['a header that is a text', () => rawHeader('"ES256"'), 'malformed'],
    ['deep claims', () => written('more', deep(17)), 'malformed'],
    ['very deep claims', () => written('more', deep(4000)), 'malformed'],
    ['a claim named twice', () => written('sub', '"system:serviceaccount:ml:admin"'), 'duplicate-member'],
    ['a claim named twice in another way', () => written('\\u0073ub', '"admin"'), 'duplicate-member'],
    ['a claim named twice within', () => written('more', '[{"a":1,"a":1}]'), 'duplicate-member'],
    ['alg named twice', () => rawHeader('{"alg":"none","kid":"first","alg":"ES256"}'), 'duplicate-member'],
    ['a lone surrogate', () => written('more', '"\\ud800"'), 'malformed'],
    ['a lone surrogate in a name', () => written('\\udc00', '1'), 'malformed'],
    ['NUL in a claim', () => written('more', '"a\\u0000b"'), 'malformed'],
  ]);

  const joinedText = (head: string, payload: string) => Secret.fromText(`${base64url(head)}.${payload}+/.AAAA`);
});

describe('a token is refused for its header:', () => {
  refuses([
    ['crit', () => rawHeader('{"alg":"ES256","kid":"first","crit":["exp"],"exp":1}'), 'header'],
    ['an empty crit', () => rawHeader('{"alg":"ES256","kid":"first","crit":[]}'), 'header'],
    ['b64', () => rawHeader('{"alg":"ES256","kid":"first","b64":false}'), 'header'],
    ['zip', () => rawHeader('{"alg":"ES256","kid":"first","zip":"DEF"}'), 'header'],
    ['enc', () => rawHeader('{"alg":"ES256","kid":"first","enc":"A256GCM"}'), 'header'],
    ['a token within', () => signed({}, { cty: 'JWT' }), 'header'],
    ['a token within, otherwise said', () => signed({}, { cty: 'application/jwt' }), 'header'],
    ['a typ that is a number', () => rawHeader('{"alg":"ES256","kid":"first","typ":1}'), 'header'],
    ['an access token', () => signed({}, { typ: 'at+jwt' }), 'type'],
    ['a proof', () => signed({}, { typ: 'dpop+jwt' }), 'type'],
    ['a log-out token', () => signed({}, { typ: 'application/logout+jwt' }), 'type'],
    ['a plain token where another type is asked', () => signed({}), 'type', { types: ['at+jwt'] }],
    ['no type where one is asked', () => signed({}, { typ: undefined }), 'type', { types: ['jwt'] }],
  ]);
});

describe('a token is refused for whom it is from or for:', () => {
  const long = Array.from({ length: 65 }, () => 'watchword');
  refuses([
    ['another issuer', () => signed({ iss: stranger.issuer }), 'issuer'],
    ['no issuer', () => without('iss'), 'claims-missing'],
    ['a slash more', () => signed({ iss: `${issuer.issuer}/` }), 'issuer'],
    ['another case', () => signed({ iss: 'https://Issuer.example' }), 'issuer'],
    ['a look-alike', () => signed({ iss: 'https://\u0456ssuer.example' }), 'issuer'],
    ['a zero-width space', () => signed({ iss: 'https://issuer.example\u200b' }), 'issuer'],
    ['a line break', () => signed({ iss: `${issuer.issuer}\n` }), 'claims-malformed'],
    ['a list of issuers', () => signed({ iss: [issuer.issuer] }), 'claims-malformed'],
    ['no subject', () => without('sub'), 'claims-missing'],
    ['an empty subject', () => signed({ sub: '' }), 'claims-malformed'],
    ['a subject that is a number', () => signed({ sub: 1 }), 'claims-malformed'],
    ['a subject with a control character', () => signed({ sub: 'train\u001b[2K' }), 'claims-malformed'],
    ['an endless subject', () => signed({ sub: 'x'.repeat(3000) }), 'claims-malformed'],
    ['an id that is a number', () => signed({ jti: 1 }), 'claims-malformed'],
    ['no audience', () => without('aud'), 'audience-missing'],
    ['an empty audience', () => signed({ aud: '' }), 'audience-missing'],
    ['an empty list', () => signed({ aud: [] }), 'audience-missing'],
    ['a list with an empty one', () => signed({ aud: ['watchword', ''] }), 'claims-malformed'],
    ['a number', () => signed({ aud: 1 }), 'claims-malformed'],
    ['an object', () => signed({ aud: { watchword: true } }), 'claims-malformed'],
    ['null', () => signed({ aud: null }), 'claims-malformed'],
    ['a list within a list', () => signed({ aud: [['watchword']] }), 'claims-malformed'],
    ['a list with a number', () => signed({ aud: ['watchword', 1] }), 'claims-malformed'],
    ['too many', () => signed({ aud: long }), 'claims-malformed'],
    ['the beginning of it', () => signed({ aud: 'watch' }), 'audience'],
    ['more behind it', () => signed({ aud: 'watchword/role' }), 'audience'],
    ['more before it', () => signed({ aud: 'https://watchword' }), 'audience'],
    ['another case', () => signed({ aud: 'Watchword' }), 'audience'],
    ['a look-alike', () => signed({ aud: 'w\u0430tchword' }), 'audience'],
    ['white space', () => signed({ aud: 'watchword ' }), 'audience'],
    ['several in one', () => signed({ aud: 'other watchword' }), 'audience'],
    ['a further one', () => signed({ aud: ['watchword', 'sts'] }), 'audience-further', { audienceMode: 'only' }],
    ['a role without audience', () => signed({}), 'audience', { audiences: [] }],
  ]);
});

describe('a token is refused for its time:', () => {
  refuses([
    ['over', () => signed({ iat: now - 660, exp: now - 60 }), 'expired'],
    ['long over', () => signed({ iat: 1, exp: 2 }), 'expired'],
    ['never over', () => without('exp'), 'claims-missing'],
    ['never begun', () => without('iat'), 'claims-missing'],
    ['not yet', () => signed({ nbf: now + 61 }), 'not-yet-valid'],
    ['made in the future', () => signed({ iat: now + 61 }), 'not-yet-valid'],
    ['valid for years', () => signed({ exp: now + 3 * 365 * 86_400 }), 'lifetime'],
    ['a second more than a day', () => signed({ exp: now + 86_401 }), 'lifetime'],
    ['more than the role allows', () => signed({}), 'lifetime', { maxLifetime: 599 }],
    ['older than the role allows', () => signed({ iat: now - 361 }), 'too-old', { maxAge: 300 }],
    ['of unknown age', () => without('iat'), 'claims-missing', { requireIat: false, maxAge: 300 }],
    ['valid for years, of unknown age', noIat, 'lifetime', { requireIat: false }],
    ['over before it was made', () => signed({ iat: now + 30, exp: now + 20 }), 'claims-malformed'],
    ['a text', () => signed({ exp: `${now + 600}` }), 'claims-malformed'],
    ['a fraction', () => signed({ exp: now + 0.5 }), 'claims-malformed'],
    ['a fraction of nothing', () => writtenTime('exp', `${now + 600}.0`), 'claims-malformed'],
    ['negative', () => signed({ exp: -1 }), 'claims-malformed'],
    ['minus zero', () => writtenTime('iat', '-0'), 'claims-malformed'],
    ['1e300', () => writtenTime('exp', '1e300'), 'claims-malformed'],
    ['1e400', () => writtenTime('exp', '1e400'), 'claims-malformed'],
    ['in scientific notation', () => writtenTime('iat', '1e3'), 'claims-malformed'],
    ['more than 2^53', () => writtenTime('exp', '9007199254740993'), 'claims-malformed'],
    ['null', () => signed({ exp: null }), 'claims-malformed'],
    ['a list', () => signed({ exp: [now + 600] }), 'claims-malformed'],
    ['a date', () => signed({ exp: new Date(clock.now() + 600_000).toISOString() }), 'claims-malformed'],
    ['nbf is a text', () => signed({ nbf: '0' }), 'claims-malformed'],
    ['iat is true', () => signed({ iat: true }), 'claims-malformed'],
  ]);

  async function noIat() {
    const { iat: _iat, ...others } = claims;
    return await issuer.sign({ ...others, exp: now + 90_000 });
  }
});
