import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';

/** A principal with keys made at run time. */
export interface TestPrincipal {
  readonly keyId: string;
  readonly secret: string;
  readonly sessionToken: string | undefined;
  readonly arn: string;
  readonly userId: string;
  readonly account: string;
}

const upper = (bytes: number) => randomBytes(bytes).toString('hex').toUpperCase();

/** A role's session, or a user where `sessionName` is undefined. */
export function testPrincipal(name: string, sessionName: string | undefined = 'job-1', account = '123456789012'): TestPrincipal {
  const id = `${sessionName === undefined ? 'AIDA' : 'AROA'}${upper(8)}`;
  const role = sessionName !== undefined;
  return {
    keyId: `KEY${upper(8)}`,
    secret: randomBytes(30).toString('base64'),
    sessionToken: role ? randomBytes(60).toString('base64') : undefined,
    arn: role ? `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}` : `arn:aws:iam::${account}:user/${name}`,
    userId: role ? `${id}:${sessionName}` : id,
    account,
  };
}

export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case names, in order. */
  readonly names: readonly string[];
  readonly body: string;
  readonly stamp: string;
  readonly region: string;
}

/** The signature that AWS describes for these parts: Signature Version 4 over a POST of `/` to STS. */
export function signatureFor({ headers, names, body, stamp, region }: Signed, secret: string): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const lines = names.map((name) => `${name}:${lower[name] ?? ''}\n`).join('');
  const canonical = ['POST', '/', '', lines, names.join(';'), hash(body)].join('\n');
  const scope = `${stamp.slice(0, 8)}/${region}/sts/aws4_request`;
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [...scope.split('/'), `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash(canonical)}`]) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return key.toString('hex');
}

/**
 * In the place of AWS's STS: verifies the signature of what it is sent, as AWS describes it, and answers GetCallerIdentity with the
 * documented XML. A fake: it knows the principals that a test made, and nothing else of AWS.
 */
export class FakeSts implements Network {
  readonly requests: OutgoingRequest[] = [];
  readonly principals: TestPrincipal[] = [];
  /** Instead of the true answer, while it is set. */
  instead: ((right: OutgoingAnswer) => OutgoingAnswer | Promise<OutgoingAnswer>) | undefined;

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.requests.push(request);
    const headers = { ...request.headers, host: request.host ?? new URL(request.url).host };
    const answer = this.answer({ headers, body: String(request.body ?? '') });
    return this.instead === undefined ? answer : this.instead(answer);
  }

  answer({ headers, body }: { headers: Readonly<Record<string, string>>; body: string }): OutgoingAnswer {
    const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const all = { 'content-length': String(body.length), ...Object.fromEntries(lower) };
    const [, keyId, region = '', names = '', signature] =
      /Credential=(\w+)\/\d+\/([\w-]+)\/sts\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
        lower.get('authorization') ?? '',
      ) ?? [];
    const who = this.principals.find((principal) => principal.keyId === keyId);
    const stamp = lower.get('x-amz-date') ?? '';
    if (who === undefined || lower.get('x-amz-security-token') !== who.sessionToken) return rejection('InvalidClientTokenId');
    if (signatureFor({ headers: all, names: names.split(';'), body, stamp, region }, who.secret) !== signature) {
      return rejection('SignatureDoesNotMatch');
    }
    return xml(200, document(who));
  }
}

export function document({ arn, userId, account }: Pick<TestPrincipal, 'arn' | 'userId' | 'account'>): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>${arn}</Arn>
    <UserId>${userId}</UserId>
    <Account>${account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
`;
}

export function xml(status: number, text: string, type = 'text/xml'): OutgoingAnswer {
  return { status, headers: { 'content-type': type }, body: Buffer.from(text) };
}

export function rejection(code: string, status = 403): OutgoingAnswer {
  return xml(status, `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);
}
