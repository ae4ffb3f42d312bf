import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../testing/guarded.ts';
import { document, FakeSts, signatureFor, type TestPrincipal, testPrincipal, xml } from './testing/fake-sts.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const SERVER = 'watchword.example';

let sts: FakeSts;
let on: GuardedIdentity;
let mount: MountPoint;
let trainer: TestPrincipal;

beforeEach(async () => {
  sts = new FakeSts();
  trainer = testPrincipal('trainer');
  sts.principals.push(trainer);
  on = await openGuardedIdentity({ network: sts });
  mount = await on.mountMethod('aws');
  await configure({ iamServerIdHeaderValue: SERVER });
  await role({});
});
afterEach(() => on[Symbol.asyncDispose]());

const configure = (config: object) => on.performAt(mount, 'aws.config.write', config, { as: on.root });
const role = (more: object, name = 'train') => {
  const bound = { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/trainer'] };
  return on.performAt(mount, 'aws.roles.write', { name, policies: ['features'], ...bound, ...more } as never, { as: on.root });
};

interface Signing {
  readonly who?: TestPrincipal;
  readonly region?: string;
  readonly host?: string;
  readonly unsigned?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly late?: number;
}

/** What an SDK would sign. */
function signed({
  who = trainer,
  region = 'us-east-1',
  host = 'sts.amazonaws.com',
  unsigned = [],
  headers: more = {},
  late = 0,
}: Signing = {}) {
  const stamp = new Date(on.world.clock.now() - late).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
    Host: host,
    'X-Amz-Date': stamp,
    'X-Vault-AWS-IAM-Server-ID': SERVER,
    ...(who.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': who.sessionToken }),
    ...more,
  };
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter((name) => !unsigned.includes(name))
    .sort();
  const signature = signatureFor({ headers, names, body: BODY, stamp, region }, who.secret);
  const scope = `${stamp.slice(0, 8)}/${region}/sts/aws4_request`;
  const Authorization = `AWS4-HMAC-SHA256 Credential=${who.keyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return {
    method: 'POST',
    url: `https://${host}/`,
    body: BODY,
    headers: { ...headers, Authorization } as Record<string, unknown>,
  };
}

type Request = ReturnType<typeof signed>;

function logIn(request: Partial<Omit<Request, 'headers'>> & { headers: unknown }, name: string | undefined = 'train') {
  const { headers, ...rest } = { ...signed(), ...request };
  const text = Secret.fromText(typeof headers === 'string' ? headers : JSON.stringify(headers));
  return on.performAt(mount, 'aws.login', { ...(name === undefined ? {} : { role: name }), ...rest, headers: text });
}

const reason = () => on.world.audit.records.at(-1)?.reason;
const without = ({ headers }: Request, name: string) => {
  const { [name]: _gone, ...rest } = headers;
  return rest;
};

async function refused(attempt: Promise<unknown>, expected: string): Promise<void> {
  await expect(attempt).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
  expect(reason()).toBe(expected);
}

describe('a principal', () => {
  it('logs in as who AWS says it is, known by its unique id', async () => {
    const { output } = await logIn(signed());
    expect(output).toMatchObject({
      policies: ['default', 'features'],
      metadata: { account_id: '123456789012', canonical_arn: 'arn:aws:iam::123456789012:role/trainer', client_arn: trainer.arn },
    });
    const id = trainer.userId.split(':')[0];
    expect(on.world.audit.records.at(-1)?.principal).toMatchObject({ method: 'aws', id: `aws:aws:123456789012:${id}` });
  });

  it('need not name the role that is named like itself', async () => {
    await role({}, 'trainer');
    const { headers, ...rest } = signed();
    const input = { ...rest, headers: Secret.fromText(JSON.stringify(headers)) };
    expect((await on.performAt(mount, 'aws.login', input)).output?.metadata).toMatchObject({ role_id: 'trainer' });
  });

  it('that is a user logs in with keys that have no session', async () => {
    const user = testPrincipal('ada', undefined);
    sts.principals.push(user);
    await role({ boundIamPrincipalArn: [user.arn] });
    await expect(logIn(signed({ who: user }))).resolves.toBeDefined();
  });

  it('may sign for the STS of the region that is configured, and for no other', async () => {
    await configure({ stsRegion: 'eu-central-1' });
    await expect(logIn(signed({ region: 'eu-central-1', host: 'sts.eu-central-1.amazonaws.com' }))).resolves.toBeDefined();
    expect(sts.requests.at(-1)?.url).toBe('https://sts.eu-central-1.amazonaws.com/');
    await refused(logIn(signed()), 'aws.url');
    await refused(logIn(signed({ host: 'sts.eu-central-1.amazonaws.com' })), 'aws.region');
  });

  it.each([
    ['its unique id', () => ({ boundIamPrincipalArn: [], boundIamPrincipalId: [trainer.userId.split(':')[0]] })],
    ['its account', () => ({ boundIamPrincipalArn: [], boundAccountId: ['123456789012'] })],
    [
      'a role with a path, which AWS does not say',
      () => ({ boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/ml/jobs/trainer'] }),
    ],
    ['the end of a name', () => ({ boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/train*'] })],
  ])('is admitted by %s', async (_name, bound) => {
    await role(bound());
    await expect(logIn(signed())).resolves.toBeDefined();
  });

  it.each([
    ['another account', { boundAccountId: ['210987654321'] }, 'aws.account'],
    ['another name', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/train'] }, 'aws.arn'],
    ['the same name in another account', { boundIamPrincipalArn: ['arn:aws:iam::210987654321:role/trainer'] }, 'aws.arn'],
    ['the same name in another partition', { boundIamPrincipalArn: ['arn:aws-cn:iam::123456789012:role/trainer'] }, 'aws.arn'],
    ['a user of the same name', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:user/trainer'] }, 'aws.arn'],
    ['another unique id under the same name', { boundIamPrincipalId: [`AROA${'A'.repeat(16)}`] }, 'aws.arn'],
    ['other addresses', { boundCidrs: ['10.0.0.0/8'] }, 'role.address'],
  ])('is refused where the role admits %s', async (_name, bound, expected) => {
    await role(bound);
    await refused(logIn(signed()), expected);
  });
});

describe('a signature', () => {
  it('is used once, also by many at once', async () => {
    const request = signed();
    const settled = await Promise.allSettled(Array.from({ length: 5 }, () => logIn(request)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await refused(logIn(request), 'aws.replayed');
  });

  it('ends after a quarter of an hour', async () => {
    await expect(logIn(signed({ late: 14 * 60_000 }))).resolves.toBeDefined();
    await refused(logIn(signed({ late: 16 * 60_000 })), 'aws.date');
    await refused(logIn(signed({ late: -16 * 60_000 })), 'aws.date');
  });

  it('with the wrong key, over another content or with an ended session is for AWS to reject', async () => {
    await refused(logIn(signed({ who: { ...trainer, secret: 'guessed' } })), 'aws.rejected');
    const request = signed();
    await refused(logIn({ ...request, headers: { ...request.headers, 'Content-Type': 'text/plain' } }), 'aws.rejected');
    await refused(logIn(signed({ who: { ...trainer, sessionToken: 'other' } })), 'aws.rejected');
  });
});

describe('the server id', () => {
  it.each([
    ['missing', () => without(signed(), 'X-Vault-AWS-IAM-Server-ID'), 'aws.server-id'],
    ['that of another server', () => signed({ headers: { 'X-Vault-AWS-IAM-Server-ID': 'other' } }).headers, 'aws.server-id'],
    [
      'one that begins like ours',
      () => signed({ headers: { 'X-Vault-AWS-IAM-Server-ID': `${SERVER}.evil` } }).headers,
      'aws.server-id',
    ],
    ['not signed', () => signed({ unsigned: ['x-vault-aws-iam-server-id'] }).headers, 'aws.server-id-unsigned'],
    ['given twice', () => ({ ...signed().headers, 'x-vault-aws-iam-server-id': SERVER }), 'aws.duplicate-header'],
    ['a list of two', () => ({ ...signed().headers, 'X-Vault-AWS-IAM-Server-ID': [SERVER, 'other'] }), 'aws.duplicate-header'],
  ])('must not be %s', async (_name, headers, expected) => {
    await refused(logIn({ headers: headers() }), expected);
    expect(sts.requests).toEqual([]);
  });

  it('is mandatory: nobody logs in before it is set', async () => {
    expect((await configure({ iamServerIdHeaderValue: '' })).warnings).toEqual([expect.stringContaining('nobody can log in')]);
    await refused(logIn(signed()), 'aws.unconfigured');
  });
});

describe('nobody but the configured STS is asked', () => {
  it.each([
    'https://evil.example/',
    'http://169.254.169.254/latest/meta-data/',
    'https://sts.amazonaws.com.evil.example/',
    'https://sts.amazonaws.com@evil.example/',
    'https://evil.example#sts.amazonaws.com/',
    'https://evil.example\\@sts.amazonaws.com/',
    'https://sts.amazonaws.com:8443/',
    'https://sts.amazonaws.com//',
    'https://sts.amazonaws.com/../',
    'https://sts.amazonaws.com/?Action=AssumeRole',
    'https://sts.amazonaws.com/#x',
    'https://sts.amazonaws.com\r\nHost: evil.example/',
    'https://STS.AMAZONAWS.COM/',
    'https://sts.amazonaws.com./',
    'https://sts%2eamazonaws.com/',
    'https://ｓts.amazonaws.com/',
    'ftp://sts.amazonaws.com/',
    'file:///etc/passwd',
    '//sts.amazonaws.com/',
    'sts.amazonaws.com',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0x7f000001/',
    'https://2130706433/',
    '',
  ])('for %j', async (url) => {
    await refused(logIn({ ...signed(), url }), 'aws.url');
    expect(sts.requests).toEqual([]);
  });

  it('and at its own address, whatever the caller signed for', async () => {
    await configure({ stsEndpoint: 'https://sts.internal.example' });
    await logIn(signed());
    expect(sts.requests[0]).toMatchObject({
      url: 'https://sts.internal.example/',
      host: 'sts.amazonaws.com',
      allowPrivate: false,
    });
  });

  it('for a role that does not exist', async () => {
    await refused(logIn(signed(), 'absent'), 'role.unknown');
    expect(sts.requests).toEqual([]);
  });
});

describe('a request', () => {
  it.each<[string, () => Partial<Omit<Request, 'headers'>> & { headers?: unknown }, string]>([
    ['by GET', () => ({ method: 'GET' }), 'aws.method'],
    ['for another action', () => ({ body: 'Action=AssumeRole&Version=2011-06-15' }), 'aws.body'],
    ['for more than one action', () => ({ body: `${BODY}&Action=GetSessionToken` }), 'aws.body'],
    ['with a blank behind', () => ({ body: `${BODY} ` }), 'aws.body'],
    ['for nothing', () => ({ body: '' }), 'aws.body'],
    ['with the length of another body', () => ({ headers: { ...signed().headers, 'Content-Length': '999' } }), 'aws.body'],
    ['with another host than the URL', () => ({ headers: { ...signed().headers, Host: 'evil.example' } }), 'aws.url'],
    ['with a header for AWS that nobody needs', () => signed({ headers: { 'X-Amz-Target': 'x' } }), 'aws.header'],
    ['with a header for a proxy', () => signed({ headers: { 'X-Forwarded-Host': 'evil.example' } }), 'aws.header'],
    ['with a header that is a number', () => ({ headers: { ...signed().headers, Accept: 7 } }), 'aws.form'],
    ['with a line break in a header', () => ({ headers: { ...signed().headers, Accept: 'a\r\nb: c' } }), 'aws.form'],
    ['with a name of another form', () => ({ headers: { ...signed().headers, 'Accept ': 'a' } }), 'aws.form'],
    ['whose headers are a list', () => ({ headers: '[]' }), 'aws.form'],
    ['whose headers are no JSON', () => ({ headers: '{' }), 'aws.form'],
    [
      'whose headers name one twice in their text',
      () => ({ headers: JSON.stringify(signed().headers).replace('{', `{"X-Vault-AWS-IAM-Server-ID":"other",`) }),
      'aws.duplicate-header',
    ],
    ['without a signature', () => ({ headers: without(signed(), 'Authorization') }), 'aws.signature-form'],
    ['signed twice', () => ({ headers: { ...signed().headers, Authorization: ['a', 'b'] } }), 'aws.duplicate-header'],
    [
      'signed in another way',
      () => ({ headers: { ...signed().headers, Authorization: 'AWS4-ECDSA-P256-SHA256 x' } }),
      'aws.signature-form',
    ],
    [
      'signed for another service',
      () => ({
        headers: { ...signed().headers, Authorization: String(signed().headers['Authorization']).replace('/sts/', '/s3/') },
      }),
      'aws.signature-form',
    ],
    ['whose host is not signed', () => signed({ unsigned: ['host'] }), 'aws.signature-form'],
    [
      'that lists a signed header which is not there',
      () => ({ headers: without(signed({ headers: { Accept: 'a' } }), 'Accept') }),
      'aws.signature-form',
    ],
    ['without a date', () => ({ headers: without(signed({ unsigned: ['x-amz-date'] }), 'X-Amz-Date') }), 'aws.date'],
    ['with the date of another day', () => ({ headers: { ...signed().headers, 'X-Amz-Date': '20200101T000000Z' } }), 'aws.date'],
  ])('%s is refused before AWS is asked', async (_name, change, expected) => {
    await refused(logIn({ ...signed(), ...change() } as never), expected);
    expect(sts.requests).toEqual([]);
  });
});

describe('an answer of AWS', () => {
  const right = {
    arn: 'arn:aws:sts::123456789012:assumed-role/trainer/job-1',
    userId: `AROA${'B'.repeat(16)}:job-1`,
    account: '123456789012',
  };

  it.each([
    ['in JSON', xml(200, '{}', 'application/json'), 'aws.answer'],
    ['that looks right and is HTML', xml(200, document(right), 'text/html'), 'aws.answer'],
    ['with a redirect', { ...xml(302, ''), headers: { location: 'http://evil.example/' } }, 'aws.rejected'],
    ['with a document type', xml(200, `<!DOCTYPE x [<!ENTITY a "b">]>${document(right)}`), 'aws.answer'],
    ['with an entity', xml(200, document({ ...right, arn: `${right.arn}&a;` })), 'aws.answer'],
    ['with a comment', xml(200, document({ ...right, arn: `${right.arn}<!-- -->` })), 'aws.answer'],
    [
      'with an element twice',
      xml(200, document(right).replace('</UserId>', '</UserId><Arn>arn:aws:iam::123456789012:user/x</Arn>')),
      'aws.answer',
    ],
    ['with an element too many', xml(200, document(right).replace('</UserId>', '</UserId><X>y</X>')), 'aws.answer'],
    ['without an account', xml(200, document(right).replace(/<Account>.*<\/Account>/, '')), 'aws.answer'],
    ['of another namespace', xml(200, document(right).replace('sts.amazonaws.com', 'evil.example')), 'aws.answer'],
    ['for something else', xml(200, '<AssumeRoleResponse/>'), 'aws.answer'],
    ['whose account is not that of the ARN', xml(200, document({ ...right, account: '210987654321' })), 'aws.answer'],
    [
      'whose session is not that of the ARN',
      xml(200, document({ ...right, userId: `AROA${'B'.repeat(16)}:job-2` })),
      'aws.answer',
    ],
    [
      'for the root of an account',
      xml(200, document({ ...right, arn: 'arn:aws:iam::123456789012:root', userId: '123456789012' })),
      'aws.root',
    ],
    [
      'for a federated user',
      xml(200, document({ ...right, arn: 'arn:aws:sts::123456789012:federated-user/x', userId: '123456789012:x' })),
      'aws.principal',
    ],
  ])('%s lets nobody in', async (_name, answer, expected) => {
    sts.instead = () => answer;
    await refused(logIn(signed()), expected);
  });

  it.each([
    ['an error of its own', () => xml(503, '')],
    [
      'silence',
      async () => {
        throw new Error('nobody answers');
      },
    ],
  ])('that is %s is not held against the caller', async (_name, instead) => {
    sts.instead = instead as never;
    await expect(logIn(signed())).rejects.toMatchObject({ code: 'login.unavailable', retryAfter: 5 });
    sts.instead = undefined;
    await expect(logIn(signed())).resolves.toBeDefined();
  });
});

describe('settings', () => {
  it.each([
    ['an STS over plain HTTP', { stsEndpoint: 'http://sts.example/' }],
    ['an STS with a path', { stsEndpoint: 'https://sts.example/x' }],
    ['a region that is none', { stsRegion: 'evil.example/' }],
  ])('with %s are refused', async (_name, config) => {
    await expect(configure(config)).rejects.toMatchObject({ code: expect.stringMatching(/login.invalid|request.invalid/) });
  });

  it.each([
    ['that admits everybody', { boundIamPrincipalArn: [] }],
    ['with a wildcard in the middle', { boundIamPrincipalArn: ['arn:aws:iam::*:role/trainer'] }],
    ['with something that is no ARN', { boundIamPrincipalArn: ['*'] }],
    ['for instances', { authType: 'ec2' }],
  ])('of a role %s are refused', async (_name, bound) => {
    await expect(role(bound)).rejects.toMatchObject({ code: expect.stringMatching(/login.invalid|request.invalid/) });
  });
});
