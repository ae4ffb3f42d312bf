import { createHash, createHmac, createSecretKey } from 'node:crypto';

/** Credentials of an AWS principal; the session token comes with those that end. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

interface Service {
  readonly region: string;
  /** `sts`, `s3` */
  readonly service: string;
}

export interface UnsignedRequest extends Service {
  readonly method: 'POST';
  readonly url: URL;
  readonly body: string;
  /** All of these are signed. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface UnsignedUrl extends Service {
  readonly method: 'GET' | 'PUT';
  /** `https://storage.example`, with a port where it is not the usual one. */
  readonly origin: string;
  /** Not encoded, beginning with a slash; one segment is told from another by slashes alone. */
  readonly path: string;
  /** For how long the URL is good: 1 to 604800. */
  readonly seconds: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', createSecretKey(key)).update(text).digest();
const stampOf = (now: number) => new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
const scopeOf = (stamp: string, { region, service }: Service) => `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;

function signature(canonical: string, stamp: string, service: Service, secretAccessKey: string): string {
  const scope = scopeOf(stamp, service);
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope.split('/')) key = hmac(key, part);
  return hmac(key, [ALGORITHM, stamp, scope, sha256(canonical)].join('\n')).toString('hex');
}

/**
 * Signs a request with AWS's Signature Version 4; gives all headers that it must carry.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function signedHeaders(request: UnsignedRequest, credentials: AwsCredentials, now: number): Record<string, string> {
  const stamp = stampOf(now);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const headers: Record<string, string> = {
    ...request.headers,
    Host: request.url.host,
    'X-Amz-Date': stamp,
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  };
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
  const values = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')]));
  const canonical = [
    request.method,
    request.url.pathname,
    '',
    ...names.map((name) => `${name}:${values.get(name)}`),
    '',
    names.join(';'),
    sha256(request.body),
  ].join('\n');
  const signed = signature(canonical, stamp, request, secretAccessKey);
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scopeOf(stamp, request)}, SignedHeaders=${names.join(';')}, Signature=${signed}`;
  return { ...headers, Authorization: authorization };
}

/**
 * A URL that whoever has it can ask for until its time is over, without credentials. What a PUT sends is not signed.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presignedUrl(unsigned: UnsignedUrl, credentials: AwsCredentials, now: number): string {
  const stamp = stampOf(now);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const parameters: readonly (readonly [string, string])[] = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${accessKeyId}/${scopeOf(stamp, unsigned)}`],
    ['X-Amz-Date', stamp],
    ['X-Amz-Expires', String(unsigned.seconds)],
    ...(sessionToken === undefined ? [] : [['X-Amz-Security-Token', sessionToken] as const]),
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const query = parameters.map(([name, value]) => `${name}=${uriEncoded(value)}`).join('&');
  const path = unsigned.path.split('/').map(uriEncoded).join('/');
  const { host } = new URL(unsigned.origin);
  const canonical = [unsigned.method, path, query, `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const signed = signature(canonical, stamp, unsigned, secretAccessKey);
  return `${unsigned.origin}${path}?${query}&X-Amz-Signature=${signed}`;
}

/** Percent-encoded but for letters, digits and `-_.~`: also what JavaScript's own encoding leaves as it is. */
export const uriEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
