import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsWorld, BODY, type Request, SERVER, without } from './testing/aws-world.ts';

let world: AwsWorld;

beforeEach(async () => {
  world = await AwsWorld.open();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('the server id', () => {
  it.each([
    ['missing', () => without(world.signed(), 'X-Vault-AWS-IAM-Server-ID'), 'aws.server-id'],
    [
      'that of another server',
      () => world.signed({ headers: { 'X-Vault-AWS-IAM-Server-ID': 'other' } }).headers,
      'aws.server-id',
    ],
    [
      'one that begins like ours',
      () => world.signed({ headers: { 'X-Vault-AWS-IAM-Server-ID': `${SERVER}.evil` } }).headers,
      'aws.server-id',
    ],
    ['not signed', () => world.signed({ unsigned: ['x-vault-aws-iam-server-id'] }).headers, 'aws.server-id-unsigned'],
    ['given twice', () => ({ ...world.signed().headers, 'x-vault-aws-iam-server-id': SERVER }), 'aws.duplicate-header'],
    [
      'a list of two',
      () => ({ ...world.signed().headers, 'X-Vault-AWS-IAM-Server-ID': [SERVER, 'other'] }),
      'aws.duplicate-header',
    ],
  ])('must not be %s', async (_name, headers, expected) => {
    await world.refused(world.logIn({ headers: headers() }), expected);
    expect(world.sts.requests).toEqual([]);
  });

  it('is mandatory: nobody logs in before it is set', async () => {
    expect((await world.configure({ iamServerIdHeaderValue: '' })).warnings).toEqual([
      expect.stringContaining('nobody can log in'),
    ]);
    await world.refused(world.logIn(world.signed()), 'aws.unconfigured');
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
    'https://169.254.169.254:443/',
    'https://[::ffff:127.0.0.1]/',
    'https://sts.amazonaws.com%00.evil.example/',
    'https://sts.amazonaws.com;evil.example/',
    'https://sts.eu-central-1.amazonaws.com/',
    'https://evil.example/sts.amazonaws.com/',
    'https:/sts.amazonaws.com/',
    'https:\\\\sts.amazonaws.com\\',
    ' https://sts.amazonaws.com/',
    'javascript:0//sts.amazonaws.com/',
    'https://[::1]/',
    'https://0x7f000001/',
    'https://2130706433/',
    '',
  ])('for %j', async (url) => {
    await world.refused(world.logIn({ ...world.signed(), url }), 'aws.url');
    expect(world.sts.requests).toEqual([]);
  });

  it('and at its own address, whatever the caller signed for', async () => {
    await world.configure({ stsEndpoint: 'https://sts.internal.example' });
    await world.logIn(world.signed());
    expect(world.sts.requests[0]).toMatchObject({
      url: 'https://sts.internal.example/',
      host: 'sts.amazonaws.com',
      allowPrivate: false,
    });
  });

  it('whatever the region of the signature says', async () => {
    await world.configure({ allowedStsRegions: ['eu-central-1'] });
    for (const region of ['evil', 'evil.example', 'eu-central-1.evil.example', 'us-east-2', 'a/../b', '']) {
      const attempt = world.logIn(world.signed({ region, host: `sts.${region}.amazonaws.com` }));
      await expect(attempt).rejects.toMatchObject({ code: 'login.refused' });
      expect(world.told()?.reason).toMatch(/^aws\.(?:region|signature-form)$/);
    }
    expect(world.sts.requests).toEqual([]);
  });

  it('and with nothing but what a request to it must have', async () => {
    await world.logIn(world.signed({ headers: { 'User-Agent': 'a trainer' } }));
    expect(world.sts.requests).toHaveLength(1);
    expect(world.sts.requests[0]).toMatchObject({ method: 'POST', body: BODY, allowPrivate: false, allowPlain: false });
    expect(Object.keys(world.sts.requests[0]?.headers ?? {}).sort()).toEqual([
      'authorization',
      'content-type',
      'user-agent',
      'x-amz-date',
      'x-amz-security-token',
      'x-vault-aws-iam-server-id',
    ]);
  });

  it('for a role that does not exist, as for one that does: nobody learns by the clock which there are', async () => {
    await world.refused(world.logIn(world.signed(), 'absent'), 'role.unknown');
    expect(world.sts.requests).toHaveLength(1);
    await world.refused(world.logIn(world.signed({ who: { ...world.trainer, secret: 'guessed' } }), 'absent'), 'aws.rejected');
  });
});

/** A signed request with another Authorization header. */
function changed(change: (text: string) => string) {
  const { headers } = world.signed();
  return { headers: { ...headers, Authorization: change(String(headers['Authorization'])) } };
}

describe('a request', () => {
  it.each<[string, () => Partial<Omit<Request, 'headers'>> & { headers?: unknown }, string]>([
    ['by GET', () => ({ method: 'GET' }), 'aws.method'],
    ['for another action', () => ({ body: 'Action=AssumeRole&Version=2011-06-15' }), 'aws.body'],
    ['for more than one action', () => ({ body: `${BODY}&Action=GetSessionToken` }), 'aws.body'],
    ['with a blank behind', () => ({ body: `${BODY} ` }), 'aws.body'],
    ['for nothing', () => ({ body: '' }), 'aws.body'],
    ['with the length of another body', () => ({ headers: { ...world.signed().headers, 'Content-Length': '999' } }), 'aws.body'],
    ['with another host than the URL', () => ({ headers: { ...world.signed().headers, Host: 'evil.example' } }), 'aws.url'],
    ['with a header for AWS that nobody needs', () => world.signed({ headers: { 'X-Amz-Target': 'x' } }), 'aws.header'],
    ['with a header for a proxy', () => world.signed({ headers: { 'X-Forwarded-Host': 'evil.example' } }), 'aws.header'],
    ['with a header that is a number', () => ({ headers: { ...world.signed().headers, Accept: 7 } }), 'aws.form'],
    ['with a line break in a header', () => ({ headers: { ...world.signed().headers, Accept: 'a\r\nb: c' } }), 'aws.form'],
    ['with a name of another form', () => ({ headers: { ...world.signed().headers, 'Accept ': 'a' } }), 'aws.form'],
    ['with a header for the connection', () => world.signed({ headers: { 'Transfer-Encoding': 'chunked' } }), 'aws.header'],
    ['with a header in place of the prototype', () => ({ headers: `{"__proto__":"a"}` }), 'aws.form'],
    ['with a list of no values', () => ({ headers: { ...world.signed().headers, Accept: [] } }), 'aws.form'],
    ['with a list in a list', () => ({ headers: { ...world.signed().headers, Accept: [['a']] } }), 'aws.form'],
    ['with letters of elsewhere in a header', () => ({ headers: { ...world.signed().headers, Accept: 'а' } }), 'aws.form'],
    ['whose headers are nested too deep', () => ({ headers: `{"A":${'['.repeat(99)}${']'.repeat(99)}}` }), 'aws.form'],
    ['signed by its query', () => ({ url: 'https://sts.amazonaws.com/?X-Amz-Signature=0' }), 'aws.url'],
    ['with a signature among its headers', () => world.signed({ headers: { 'X-Amz-Signature': '0' } }), 'aws.header'],
    ['whose method is in small letters', () => ({ method: 'post' }), 'aws.method'],
    ['with two methods', () => ({ method: 'POST GET' }), 'aws.method'],
    ['for an older version', () => ({ body: BODY.replace('2011-06-15', '2010-05-08') }), 'aws.body'],
    ['with encoded letters', () => ({ body: BODY.replace('Get', '%47et') }), 'aws.body'],
    ['whose headers are a list', () => ({ headers: '[]' }), 'aws.form'],
    ['whose headers are no JSON', () => ({ headers: '{' }), 'aws.form'],
    [
      'whose headers name one twice in their text',
      () => ({ headers: JSON.stringify(world.signed().headers).replace('{', `{"X-Vault-AWS-IAM-Server-ID":"other",`) }),
      'aws.duplicate-header',
    ],
    ['without a signature', () => ({ headers: without(world.signed(), 'Authorization') }), 'aws.signature-form'],
    ['signed twice', () => ({ headers: { ...world.signed().headers, Authorization: ['a', 'b'] } }), 'aws.duplicate-header'],
    [
      'signed in another way',
      () => ({ headers: { ...world.signed().headers, Authorization: 'AWS4-ECDSA-P256-SHA256 x' } }),
      'aws.signature-form',
    ],
    [
      'signed for another service',
      () => ({
        headers: {
          ...world.signed().headers,
          Authorization: String(world.signed().headers['Authorization']).replace('/sts/', '/s3/'),
        },
      }),
      'aws.signature-form',
    ],
    [
      'whose signature is in capital letters',
      () => changed((text) => text.replace(/[0-9a-f]+$/, (hex) => hex.toUpperCase())),
      'aws.signature-form',
    ],
    ['with something behind its signature', () => changed((text) => `${text}, Signature=0`), 'aws.signature-form'],
    [
      'whose server id is signed twice',
      () => changed((text) => text.replace('SignedHeaders=', 'SignedHeaders=x-vault-aws-iam-server-id;')),
      'aws.signature-form',
    ],
    ['signed in another region', () => changed((text) => text.replace('/us-east-1/', '/us-east-2/')), 'aws.region'],
    ['whose key is of another day', () => changed((text) => text.replace(/\/\d{8}\//, '/20200101/')), 'aws.date'],
    ['whose host is not signed', () => world.signed({ unsigned: ['host'] }), 'aws.signature-form'],
    [
      'that lists a signed header which is not there',
      () => ({ headers: without(world.signed({ headers: { Accept: 'a' } }), 'Accept') }),
      'aws.signature-form',
    ],
    ['without a date', () => ({ headers: without(world.signed({ unsigned: ['x-amz-date'] }), 'X-Amz-Date') }), 'aws.date'],
    [
      'with the date of another day',
      () => ({ headers: { ...world.signed().headers, 'X-Amz-Date': '20200101T000000Z' } }),
      'aws.date',
    ],
  ])('%s is refused before AWS is asked', async (_name, change, expected) => {
    await world.refused(world.logIn({ ...world.signed(), ...change() } as never), expected);
    expect(world.sts.requests).toEqual([]);
  });
});
