import { createHash, createHmac, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../foundation/exact-json.ts';
import { detectedLogin, logins, namedLogin } from '../log-in.ts';
import { MemorySurroundings } from '../testing/memory-surroundings.ts';

const jwt = `${randomBytes(9).toString('base64url')}.${randomBytes(9).toString('base64url')}.${randomBytes(9).toString('base64url')}`;
let on: MemorySurroundings;
let posted: { path: string; body: JsonObject }[];
beforeEach(() => {
  on = new MemorySurroundings();
  posted = [];
});

async function logIn(kind: string, words: Record<string, string> = {}) {
  const post = async (path: string, body: JsonObject) => {
    posted.push({ path, body });
    return { auth: { client_token: 'token' } };
  };
  await namedLogin(kind).logIn({ on, words, post, askSecret: async () => 'asked', tell: () => {} });
  return posted.at(-1);
}

describe('a login', () => {
  it('is known by the name of its method', () => {
    const kinds = logins.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(() => namedLogin('kerberos')).toThrow(/kubernetes/);
  });

  it.each(['kubernetes', 'jwt', 'gcp', 'azure', 'slurm'])('with %s needs a role', async (kind) => {
    await expect(logIn(kind)).rejects.toMatchObject({ code: 'client.usage', message: expect.stringContaining('--role') });
  });

  it.each(['kubernetes', 'jwt', 'gcp', 'azure', 'aws', 'slurm'])('with %s where its platform is not says so', async (kind) => {
    await expect(logIn(kind, { role: 'train' })).rejects.toMatchObject({ code: 'client.usage' });
    expect(posted.filter(({ path }) => path.startsWith('login'))).toEqual([]);
  });
});

describe('kubernetes', () => {
  const own = '/var/run/secrets/watchword/token';
  const shared = '/var/run/secrets/kubernetes.io/serviceaccount/token';

  it('takes the token that is meant for us before the one that is meant for everything', async () => {
    on.files.set(shared, 'shared\n');
    expect(await logIn('kubernetes', { role: 'train' })).toEqual({ path: 'login', body: { role: 'train', jwt: 'shared' } });
    on.files.set(own, `${jwt}\n`);
    expect((await logIn('kubernetes', { role: 'train' }))?.body).toEqual({ role: 'train', jwt });
  });

  it('takes the file that was named, and no other', async () => {
    on.files.set(shared, 'shared');
    await expect(logIn('kubernetes', { role: 'train', token_path: '/absent' })).rejects.toThrow('/absent');
  });
});

describe.each(['kubernetes', 'jwt'])('%s', (kind) => {
  it('takes a token that is given, before any other', async () => {
    on.files.set('/var/run/secrets/watchword/token', 'file');
    on.env['WATCHWORD_JWT'] = 'environment';
    expect((await logIn(kind, { role: 'train', jwt }))?.body).toEqual({ role: 'train', jwt });
  });

  it('takes no other token where the one that is given is empty', async () => {
    on.files.set('/var/run/secrets/watchword/token', 'file');
    on.env['WATCHWORD_JWT'] = 'environment';
    await expect(logIn(kind, { role: 'train', jwt: '' })).rejects.toMatchObject({ code: 'client.usage' });
    expect(posted).toEqual([]);
  });
});

describe('jwt', () => {
  it.each([
    ['a variable of its own', 'WATCHWORD_JWT'],
    ['GitLab', 'WATCHWORD_ID_TOKEN'],
    ['CircleCI', 'CIRCLE_OIDC_TOKEN_V2'],
    ['Terraform Cloud', 'TFC_WORKLOAD_IDENTITY_TOKEN'],
  ])('takes the token of %s', async (_name, variable) => {
    on.env[variable] = jwt;
    expect((await logIn('jwt', { role: 'ci' }))?.body).toEqual({ role: 'ci', jwt });
  });

  it('asks GitHub for a token with the audience, and proves to be the job', async () => {
    on.env['ACTIONS_ID_TOKEN_REQUEST_URL'] = 'https://actions.example/token?api-version=2';
    on.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] = 'job';
    const url = 'https://actions.example/token?api-version=2&audience=https%3A%2F%2Fwatchword.example';
    on.answers.set(`GET ${url}`, ({ headers }) =>
      headers?.['Authorization'] === 'Bearer job' ? JSON.stringify({ value: jwt }) : '',
    );
    expect((await logIn('jwt', { role: 'ci', audience: 'https://watchword.example' }))?.body).toEqual({ role: 'ci', jwt });
  });

  it('takes the file that Azure workload identity names', async () => {
    on.env['AZURE_FEDERATED_TOKEN_FILE'] = '/var/run/secrets/azure/token';
    on.files.set('/var/run/secrets/azure/token', jwt);
    expect((await logIn('jwt', { role: 'ci' }))?.body['jwt']).toBe(jwt);
  });
});

it('gcp asks the metadata server for a full token that is meant for the role', async () => {
  const base = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity';
  on.answers.set(`GET ${base}?audience=vault%2Ftrain&format=full`, ({ headers }) =>
    headers?.['Metadata-Flavor'] === 'Google' ? jwt : undefined,
  );
  expect(await logIn('gcp', { role: 'train' })).toEqual({ path: 'login', body: { role: 'train', jwt } });
});

it('azure takes the token of the managed identity, and the name of the machine', async () => {
  const base = 'http://169.254.169.254/metadata';
  const resource = encodeURIComponent('https://management.azure.com/');
  on.answers.set(
    `GET ${base}/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`,
    JSON.stringify({ access_token: jwt }),
  );
  const compute = { subscriptionId: 's', resourceGroupName: 'g', name: 'vm', vmScaleSetName: '' };
  on.answers.set(`GET ${base}/instance/compute?api-version=2021-02-01`, JSON.stringify(compute));
  const body = { role: 'train', jwt, subscription_id: 's', resource_group_name: 'g', vm_name: 'vm' };
  expect((await logIn('azure', { role: 'train' }))?.body).toEqual(body);
});

describe('approle and userpass', () => {
  it('never take a secret from the command line', async () => {
    expect((await logIn('approle', { role_id: 'r' }))?.body).toEqual({ role_id: 'r', secret_id: 'asked' });
    on.files.set('/run/secret-id', 'from file\n');
    expect((await logIn('approle', { role_id: 'r', secret_id_path: '/run/secret-id' }))?.body['secret_id']).toBe('from file');
    expect(await logIn('userpass', { username: 'ada' })).toEqual({ path: 'login/ada', body: { password: 'asked' } });
  });
});

describe('aws', () => {
  const key = { id: `KEY${randomBytes(6).toString('hex')}`, secret: randomBytes(20).toString('base64') };
  const decoded = (text: unknown) => Buffer.from(String(text), 'base64').toString();

  it('signs a request that only the STS of the region accepts, for this server alone', async () => {
    Object.assign(on.env, { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, AWS_SESSION_TOKEN: 'session' });
    const body = (await logIn('aws', { role: 'train', header_value: 'watchword', region: 'eu-central-1' }))?.body ?? {};
    expect(decoded(body['iam_request_url'])).toBe('https://sts.eu-central-1.amazonaws.com/');
    expect(decoded(body['iam_request_body'])).toBe('Action=GetCallerIdentity&Version=2011-06-15');
    const headers = JSON.parse(decoded(body['iam_request_headers']));
    expect(headers).toMatchObject({ 'X-Vault-AWS-IAM-Server-ID': 'watchword', 'X-Amz-Security-Token': 'session' });
    const [, names = '', signature] = /SignedHeaders=([^,]+), Signature=(\w+)$/.exec(headers.Authorization) ?? [];
    expect(names.split(';')).toEqual([
      'amz-sdk-invocation-id',
      'content-type',
      'host',
      'x-amz-date',
      'x-amz-security-token',
      'x-vault-aws-iam-server-id',
    ]);
    expect(signature).toBe(expectedSignature(headers, names));
  });

  /** Written down from AWS's description, step by step, apart from the code that signs. */
  function expectedSignature(headers: Record<string, string>, names: string): string {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const lines = names.split(';').map((name) => `${name}:${lower[name]}\n`);
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const payload = hash('Action=GetCallerIdentity&Version=2011-06-15');
    const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${payload}`;
    const toSign = `AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/eu-central-1/sts/aws4_request\n${hash(canonical)}`;
    let signing: Buffer = Buffer.from(`AWS4${key.secret}`);
    for (const part of ['20260102', 'eu-central-1', 'sts', 'aws4_request', toSign]) {
      signing = createHmac('sha256', signing).update(part).digest();
    }
    return signing.toString('hex');
  }

  it('takes what the instance gives, by version 2 of its metadata service', async () => {
    const base = 'http://169.254.169.254/latest';
    on.answers.set(`PUT ${base}/api/token`, 'metadata-token');
    const role = `${base}/meta-data/iam/security-credentials/`;
    on.answers.set(`GET ${role}`, ({ headers }) =>
      headers?.['X-aws-ec2-metadata-token'] === 'metadata-token' ? 'trainer' : undefined,
    );
    on.answers.set(`GET ${role}trainer`, JSON.stringify({ AccessKeyId: key.id, SecretAccessKey: key.secret, Token: 't' }));
    const body = (await logIn('aws', { header_value: 'watchword' }))?.body ?? {};
    expect(decoded(body['iam_request_headers'])).toContain(`Credential=${key.id}/20260102/us-east-1/sts/aws4_request`);
  });

  it.each(['http://evil.example/credentials', 'http://169.254.170.2.evil.example/', 'ftp://127.0.0.1/', 'nonsense'])(
    'asks no stranger for credentials: %s',
    async (url) => {
      on.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = url;
      await expect(logIn('aws', { header_value: 'watchword' })).rejects.toMatchObject({ code: 'client.usage' });
      expect(on.asked.map((request) => request.url)).not.toContain(url);
    },
  );

  it('takes the profile that is named from the shared file, and no other', async () => {
    const other = `[default]\naws_access_key_id = other\naws_secret_access_key = other\n`;
    on.files.set(
      '/people/ada/.aws/credentials',
      `${other}[ml]\naws_access_key_id=${key.id}\naws_secret_access_key = ${key.secret}\n`,
    );
    on.env['AWS_PROFILE'] = 'ml';
    const body = (await logIn('aws', { header_value: 'watchword' }))?.body ?? {};
    expect(decoded(body['iam_request_headers'])).toContain(`Credential=${key.id}/`);
  });

  it('needs the server id, without which anybody could use the request elsewhere', async () => {
    Object.assign(on.env, { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret });
    await expect(logIn('aws', { role: 'train' })).rejects.toThrow('header_value');
  });
});

describe('the platform', () => {
  it('is not recognised where there is none', async () => {
    expect(await detectedLogin(on)).toBeUndefined();
  });

  it('that says most about the job is taken: the job before the pod, the pod before the machine', async () => {
    on.answers.set('GET http://metadata.google.internal/computeMetadata/v1/instance/id', '1');
    expect((await detectedLogin(on))?.login.kind).toBe('gcp');
    on.env['KUBERNETES_SERVICE_HOST'] = '10.0.0.1';
    on.files.set('/var/run/secrets/kubernetes.io/serviceaccount/token', jwt);
    expect(await detectedLogin(on)).toMatchObject({
      login: { kind: 'kubernetes' },
      found: expect.stringContaining('serviceaccount'),
    });
    Object.assign(on.env, { SLURM_JOB_ID: '7', SLURM_CLUSTER_NAME: 'alpha' });
    expect((await detectedLogin(on))?.login.kind).toBe('slurm');
    on.env['WATCHWORD_ID_TOKEN'] = jwt;
    expect((await detectedLogin(on))?.login.kind).toBe('jwt');
  });

  it.each([
    ['aws', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' }],
    ['azure', { IDENTITY_ENDPOINT: 'http://localhost:42356/msi/token', IDENTITY_HEADER: 'h' }],
    ['jwt', { BUILDKITE_JOB_ID: '1' }],
  ])('%s is recognised by its variables', async (kind, env) => {
    Object.assign(on.env, env);
    expect((await detectedLogin(on))?.login.kind).toBe(kind);
  });
});
