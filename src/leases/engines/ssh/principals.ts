import type { CertificateType } from './certificate.ts';

/** OpenSSH takes no certificate with more than 256. */
export const MOST_PRINCIPALS = 64;

/** What every user, or every host, is allowed by where it stands alone. */
const ANYBODY = '*';

/**
 * Names of accounts and what stands in AuthorizedPrincipalsFile. No wildcards, to which OpenSSH gives a meaning in certificates
 * of hosts; nothing that another program could take for the end of the name; nothing but ASCII, where letters look like others.
 */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,254}$/;

/** In small letters, as `ssh` compares them. */
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9-]{0,62}))*$/;

const isUser = (name: string): boolean => USER.test(name);
const isHost = (name: string): boolean => HOST.test(name);
export const isUserPattern = (name: string): boolean => name === ANYBODY || isUser(name);
export const isHostPattern = (name: string): boolean => name === ANYBODY || isHost(name);

/** What a role says of them. */
interface Allowed {
  readonly allowedUsers: readonly string[];
  readonly allowedDomains: readonly string[];
  readonly allowBareDomains: boolean;
  readonly allowSubdomains: boolean;
}

/** What is wrong with a principal for a role; undefined where the role allows it. */
export function faultOfPrincipal(role: Allowed, type: CertificateType, principal: string): string | undefined {
  const form = type === 'user' ? isUser(principal) : isHost(principal);
  if (!form)
    return type === 'user' ? 'holds a name that is none of an account' : 'holds a name that is none of a host, in small letters';
  const allowed = type === 'user' ? allowsUser(role, principal) : allowsHost(role, principal);
  return allowed ? undefined : `holds ${principal}, which the role does not allow`;
}

const allowsUser = ({ allowedUsers }: Allowed, name: string): boolean =>
  allowedUsers.includes(name) || allowedUsers.includes(ANYBODY);

function allowsHost({ allowedDomains, allowBareDomains, allowSubdomains }: Allowed, name: string): boolean {
  return allowedDomains.some(
    (domain) => domain === ANYBODY || (allowBareDomains && name === domain) || (allowSubdomains && name.endsWith(`.${domain}`)),
  );
}
