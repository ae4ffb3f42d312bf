import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { presignedUrl, signedHeaders, uriEncoded } from './aws-signature.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const keys = { accessKeyId: 'key', secretAccessKey: randomBytes(20).toString('hex'), sessionToken: 'a+/=' };
const get = { method: 'GET', origin: 'https://s3.example:9000', seconds: 60, region: 'eu-1', service: 's3' } as const;
const urlOf = (path: string, more: object = {}) => new URL(presignedUrl({ ...get, path, ...more }, keys, NOW));

/** Written down from AWS's description, apart from the code that signs. */
function expectedSignature(canonical: string, service: string): string {
  let key: Buffer = Buffer.from(`AWS4${keys.secretAccessKey}`);
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/eu-1/${service}/aws4_request\n${hash}`;
  for (const part of ['20260102', 'eu-1', service, 'aws4_request', text]) key = createHmac('sha256', key).update(part).digest();
  return key.toString('hex');
}

describe('a pre-signed URL', () => {
  it('carries all that AWS describes, and its signature is over just that', () => {
    const url = urlOf('/bucket/a b');
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=key%2F20260102%2Feu-1%2Fs3%2Faws4_request&X-Amz-Date=20260102T030405Z' +
      '&X-Amz-Expires=60&X-Amz-Security-Token=a%2B%2F%3D&X-Amz-SignedHeaders=host';
    const canonical = `GET\n/bucket/a%20b\n${query}\nhost:s3.example:9000\n\nhost\nUNSIGNED-PAYLOAD`;
    expect(url.href).toBe(`https://s3.example:9000/bucket/a%20b?${query}&X-Amz-Signature=${expectedSignature(canonical, 's3')}`);
  });

  it('is another one for another method, key, time, key id or region', () => {
    const signatures = [
      urlOf('/a/b'),
      urlOf('/a/c'),
      urlOf('/a/b', { method: 'PUT' }),
      urlOf('/a/b', { seconds: 61 }),
      urlOf('/a/b', { region: 'eu-2' }),
      urlOf('/a/b', { origin: 'https://s3.example' }),
    ].map(({ searchParams }) => searchParams.get('X-Amz-Signature'));
    expect(new Set(signatures).size).toBe(signatures.length);
  });

  it('holds no part of the path that could be taken for the query', () => {
    const url = urlOf('/bucket/a?X-Amz-Expires=9#b&c/ü%');
    expect(url.pathname).toBe('/bucket/a%3FX-Amz-Expires%3D9%23b%26c/%C3%BC%25');
    expect(url.searchParams.getAll('X-Amz-Expires')).toEqual(['60']);
    expect(url.hash).toBe('');
  });

  it('never holds the secret key', () => {
    expect(urlOf('/a/b').href).not.toContain(keys.secretAccessKey);
  });
});

describe('a signed request', () => {
  it('is signed with every header that was given, and with its body', () => {
    const unsigned = { method: 'POST', url: new URL('https://sts.example/'), region: 'eu-1', service: 'sts' } as const;
    const { Authorization, ...headers } = signedHeaders({ ...unsigned, body: 'A=b', headers: { 'X-B': ' c  d ' } }, keys, NOW);
    expect(headers).toEqual({
      'X-B': ' c  d ',
      Host: 'sts.example',
      'X-Amz-Date': '20260102T030405Z',
      'X-Amz-Security-Token': 'a+/=',
    });
    const names = 'host;x-amz-date;x-amz-security-token;x-b';
    const lines = 'host:sts.example\nx-amz-date:20260102T030405Z\nx-amz-security-token:a+/=\nx-b:c d\n';
    const body = createHash('sha256').update('A=b').digest('hex');
    const canonical = `POST\n/\n\n${lines}\n${names}\n${body}`;
    expect(Authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=key/20260102/eu-1/sts/aws4_request, SignedHeaders=${names}, Signature=${expectedSignature(canonical, 'sts')}`,
    );
  });
});

it('percent-encodes all but letters, digits and four marks', () => {
  expect(uriEncoded("aZ09-_.~!'()*/ +ü")).toBe('aZ09-_.~%21%27%28%29%2A%2F%20%2B%C3%BC');
});
