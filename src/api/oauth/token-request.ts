import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { Secret } from '../../foundation/secret.ts';

/** A form's fields: more than one value where a name came more than once. */
export type Form = Readonly<Record<string, unknown>>;

/** Where a platform's JWT logs in. */
export interface LoginPlace {
  /** Below `auth/`. */
  readonly mount: string;
  readonly role: string;
}

/** What is asked of `/oauth/token`, whatever the grant. */
export interface TokenRequest {
  /** RFC 8693, or RFC 7523. */
  readonly grant: 'exchange' | 'bearer';
  /** What proves who asks: one of our tokens, or a platform's JWT with the place where it logs in. */
  readonly subject: Secret;
  readonly login: LoginPlace | undefined;
  /** Role of the issuer; undefined where one of our own tokens is asked for. */
  readonly issuerRole: string | undefined;
  readonly audience: string | undefined;
  readonly actor: Secret | undefined;
}

const TYPE = 'urn:ietf:params:oauth:token-type:';
const OWN_TYPES: readonly string[] = [`${TYPE}access_token`, 'urn:watchword:params:oauth:token-type:token'];
const JWT_TYPES: readonly string[] = [`${TYPE}jwt`, `${TYPE}id_token`];
export const ACCESS_TOKEN_TYPE = `${TYPE}access_token`;
export const JWT_TYPE = `${TYPE}jwt`;

const GRANTS: Readonly<Record<string, TokenRequest['grant']>> = {
  'urn:ietf:params:oauth:grant-type:token-exchange': 'exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'bearer',
};
const LONGEST = 1024;

/** @throws WatchwordError `request.invalid`, naming the parameter */
export function readTokenRequest(form: Form): TokenRequest {
  const grantType = parameter(form, 'grant_type') ?? missing('grant_type');
  const grant = Object.hasOwn(GRANTS, grantType) ? GRANTS[grantType] : undefined;
  if (grant === undefined) throw invalid('grant_type', 'must be token-exchange (RFC 8693) or jwt-bearer (RFC 7523)');
  // Whoever sends a secret of a client believes that it is looked at.
  for (const name of ['client_secret', 'client_assertion', 'client_assertion_type']) {
    if (form[name] !== undefined) throw invalid(name, 'is not looked at here: clients have no credentials of their own');
  }
  return grant === 'exchange' ? exchange(form) : bearer(form);
}

function bearer(form: Form): TokenRequest {
  const { login, issuerRole } = scopesOf(form);
  if (issuerRole !== undefined) throw invalid('scope', 'names a role of the issuer: use the grant token-exchange');
  refuseTargets(form);
  return {
    grant: 'bearer',
    subject: secretOf(form, 'assertion') ?? missing('assertion'),
    login: login ?? missing('scope'),
    issuerRole: undefined,
    audience: undefined,
    actor: undefined,
  };
}

function exchange(form: Form): TokenRequest {
  const subject = secretOf(form, 'subject_token') ?? missing('subject_token');
  const isOurs = isOwnType(form, 'subject_token_type', [...OWN_TYPES, ...JWT_TYPES]) ?? missing('subject_token_type');
  const wantsOurs = isOwnType(form, 'requested_token_type', [...OWN_TYPES, ...JWT_TYPES]) ?? false;
  const { login, issuerRole } = scopesOf(form);
  if (isOurs && wantsOurs) throw invalid('requested_token_type', 'is what the subject token is already');
  if (isOurs !== (login === undefined)) {
    throw invalid('scope', isOurs ? 'names a login, but the subject token is one of ours' : 'must say login:<mount>:<role>');
  }
  if (wantsOurs !== (issuerRole === undefined)) {
    throw invalid('scope', wantsOurs ? 'names a role of the issuer, which signs no tokens of ours' : 'must say oidc:<role>');
  }
  if (wantsOurs) refuseTargets(form);
  return { grant: 'exchange', subject, login, issuerRole, audience: targetOf(form), actor: actorOf(form) };
}

/** Undefined where the type is not said. */
function isOwnType(form: Form, name: string, known: readonly string[]): boolean | undefined {
  const type = parameter(form, name);
  if (type === undefined) return undefined;
  if (!known.includes(type)) throw invalid(name, 'is no type of token that is known here');
  return OWN_TYPES.includes(type);
}

function actorOf(form: Form): Secret | undefined {
  const actor = secretOf(form, 'actor_token');
  if (actor === undefined) {
    if (form['actor_token_type'] !== undefined) throw invalid('actor_token', 'is missing');
    return undefined;
  }
  if (isOwnType(form, 'actor_token_type', OWN_TYPES) === undefined) throw invalid('actor_token_type', 'is missing');
  return actor;
}

/** RFC 8693 § 2.1 lets both be named, each more than once: here a token is for one target. */
function targetOf(form: Form): string | undefined {
  const targets = ['audience', 'resource'].flatMap((name) => form[name] ?? []);
  if (targets.length === 0) return undefined;
  const [target] = targets;
  if (targets.some((other) => other !== target) || typeof target !== 'string' || target === '' || target.length > LONGEST) {
    throw invalid('audience', 'must name one target: a token is for one');
  }
  return target;
}

function refuseTargets(form: Form): void {
  if (targetOf(form) !== undefined) throw invalid('audience', 'has no meaning for a token of ours');
}

/** `login:<mount>:<role>` and `oidc:<role>`, each once at most. */
function scopesOf(form: Form): { login: LoginPlace | undefined; issuerRole: string | undefined } {
  const words = (parameter(form, 'scope') ?? '').split(' ').filter((word) => word !== '');
  let login: LoginPlace | undefined;
  let issuerRole: string | undefined;
  for (const word of words) {
    const [, mount, loginRole, role] = /^(?:login:([^:]+):(.+)|oidc:(.+))$/.exec(word) ?? [];
    if (mount !== undefined && loginRole !== undefined && login === undefined) login = { mount, role: nameOf(loginRole) };
    else if (role !== undefined && issuerRole === undefined) issuerRole = role;
    else throw invalid('scope', 'may say login:<mount>:<role> and oidc:<role>, each once, and nothing else');
  }
  return { login, issuerRole };
}

/** No role is called otherwise, at no mount. */
function nameOf(role: string): string {
  if (role.length > limits.nameLength) throw invalid('scope', 'names a role that there cannot be');
  return role;
}

/** RFC 6749 § 3.2: empty is absent, and none may come twice. */
function parameter(form: Form, name: string): string | undefined {
  const value = form[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw malformed(name, 'comes more than once');
  if (value.length > LONGEST) throw malformed(name, 'is too long');
  return value;
}

function secretOf(form: Form, name: string): Secret | undefined {
  const value = form[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw malformed(name, 'comes more than once');
  return Secret.fromText(value);
}

function missing(name: string): never {
  throw name === 'scope' ? invalid(name, 'must say login:<mount>:<role>') : malformed(name, 'is missing');
}

/** RFC 6749 § 5.2 has one word for whatever is missing, repeated or malformed, and words of their own for some wrong values. */
const malformed = (name: string, what: string) => new WatchwordError('request.invalid', `${name} ${what}`);

const invalid = (where: string, what: string) => new WatchwordError('request.invalid', `${where} ${what}`, { where });
