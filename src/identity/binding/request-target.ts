/** What the request line and the Host header say. */
export interface RequestTarget {
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly host: string | undefined;
}

/**
 * Whether a URL is that of the request (RFC 9449 § 4.3): host and path, in the normal form of RFC 3986 § 6.2; query and fragment do
 * not count. Nor does `http` or `https`: where a proxy ends TLS, the server sees the other one.
 */
export function isSameTarget(url: string, { target, host }: RequestTarget): boolean {
  const claimed = parsed(url);
  if (claimed === undefined || host === undefined || !target.startsWith('/')) return false;
  const asked = parsed(`${claimed.protocol}//${host}${target}`);
  return asked !== undefined && claimed.host === asked.host && normalPath(claimed) === normalPath(asked);
}

function parsed(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  return url !== undefined && web && url.username === '' && url.password === '' ? url : undefined;
}

/** What need not be percent-encoded is not, and the digits of what must be are upper case. */
function normalPath({ pathname }: URL): string {
  return pathname.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
  });
}
