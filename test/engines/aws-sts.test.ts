import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../../src/access/testing/test-door.ts';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemRandom } from '../../src/foundation/node-ports.ts';
import type { Network, OutgoingAnswer } from '../../src/foundation/ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { rejection, xml } from '../../src/identity/methods/testing/fake-sts.ts';
import type { AwsConnection } from '../../src/leases/engines/aws/connection.ts';
import type { AwsRequest } from '../../src/leases/engines/aws/request.ts';
import type { AwsRole } from '../../src/leases/engines/aws/role.ts';
import { awsEngine } from '../../src/leases/engines/aws.ts';
import type { LeaseFacts } from '../../src/leases/engines/engine.ts';
import { FakeSessionSts } from '../testing/fake-session-sts.ts';
import { within } from './conformance.ts';

const HOUR = 3_600_000;
const ROLE = 'arn:aws:iam::123456789012:role/data';

const assumed: Partial<AwsRole> = { credentialType: 'assumed_role', roleArns: [ROLE] };

/** AWS by its documentation: a fake that verifies signatures, and gives sessions to whoever signs well. */
function openWorld(settings: Partial<AwsConnection> = {}, network?: Network) {
  const clock = new TestClock();
  const sts = new FakeSessionSts(() => clock.now());
  const on = { network: network ?? sts, clock, random: systemRandom };
  const connection: AwsConnection = {
    ...awsEngine.connection.initial,
    accessKey: sts.keys.accessKey,
    secretKey: Secret.fromText(sts.keys.secret),
    region: 'eu-central-1',
    ...settings,
  };
  awsEngine.connection.check(connection);
  const target = awsEngine.open(connection, on);
  const lease = (lifetimeMs = HOUR): LeaseFacts => ({
    id: 'aws/creds/train/x1y2',
    externalName: `ww_${'a'.repeat(29)}`,
    role: 'train',
    holder: 'job (nightly)',
    expiresAt: clock.now() + lifetimeMs,
  });
  async function issue(role: Partial<AwsRole>, request: AwsRequest = {}, { lifetimeMs = HOUR, call = within(5000) } = {}) {
    const settings = { ...awsEngine.role.initial, ...role };
    awsEngine.role.check(settings);
    const facts = lease(lifetimeMs);
    const material = await awsEngine.prepare(settings, facts, on, request as never);
    const created = await target.create({ lease: facts, role: settings, material, handle: undefined }, call);
    return { ...created, lease: facts, role: settings };
  }
  return { clock, sts, target, issue, lease };
}

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'granted',
    (error: unknown) => (error as { kind?: string }).kind ?? String(error),
  );
const throttled = () => rejection('Throttling', 400);

describe('what STS is asked', () => {
  test('a role is assumed under the name of the lease, for as long as it lasts', async () => {
    const { sts, issue } = openWorld();
    const { output, expiresAt, lease } = await issue(assumed);
    expect(sts.asked).toEqual([
      {
        url: 'https://sts.eu-central-1.amazonaws.com/',
        action: 'AssumeRole',
        parameters: { RoleArn: ROLE, RoleSessionName: lease.externalName, DurationSeconds: '3600' },
      },
    ]);
    expect(expiresAt).toBe(lease.expiresAt);
    expect(Object.keys(output)).toEqual(['accessKey', 'secretKey', 'securityToken', 'sessionToken', 'arn', 'ttl']);
    expect(output['arn']).toBe(`arn:aws:sts::123456789012:assumed-role/data/${lease.externalName}`);
    expect(JSON.stringify(output)).toContain('"secretKey":"[redacted]","securityToken":"[redacted]","sessionToken":"[redacted]"');
  });

  test('external id, tags and managed policies go along', async () => {
    const { sts, issue } = openWorld();
    const policyArns = ['arn:aws:iam::aws:policy/ReadOnly', 'arn:aws:iam::123456789012:policy/x'];
    await issue({ ...assumed, externalId: 'ours', sessionTags: { team: 'vision' }, leaseTags: true, policyArns });
    expect(sts.asked[0]?.parameters).toMatchObject({
      ExternalId: 'ours',
      'PolicyArns.member.1.arn': policyArns[0],
      'PolicyArns.member.2.arn': policyArns[1],
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'vision',
      'Tags.member.2.Key': 'watchword:lease',
      'Tags.member.2.Value': 'aws/creds/train/x1y2',
      'Tags.member.3.Key': 'watchword:holder',
      'Tags.member.3.Value': 'job _nightly_',
    });
  });

  test('a federated user is called as the lease, and has the policy of the role alone', async () => {
    const { sts, issue } = openWorld({ region: 'cn-north-1' });
    const { output, lease } = await issue({
      credentialType: 'federation_token',
      bucket: 'weights',
      prefix: 'a/',
      verbs: ['read'],
    });
    expect(sts.asked[0]?.url).toBe('https://sts.cn-north-1.amazonaws.com.cn/');
    expect(sts.asked[0]?.action).toBe('GetFederationToken');
    const { Policy, ...rest } = sts.asked[0]?.parameters ?? {};
    expect(rest).toEqual({ Name: lease.externalName, DurationSeconds: '3600' });
    expect(JSON.parse(Policy ?? '').Statement).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws-cn:s3:::weights/a/*'] },
    ]);
    expect(output['arn']).toBe(`arn:aws:sts::123456789012:federated-user/${lease.externalName}`);
  });

  test('a session token is asked for with nothing but its time', async () => {
    const { sts, issue } = openWorld();
    await issue({ credentialType: 'session_token' });
    expect(sts.asked[0]).toMatchObject({ action: 'GetSessionToken', parameters: { DurationSeconds: '3600' } });
  });

  test('a role that names several is asked for one of them', async () => {
    const { sts, issue } = openWorld();
    const role = { ...assumed, roleArns: [ROLE, `${ROLE}-2`] };
    await issue(role, { roleArn: `${ROLE}-2` });
    expect(sts.asked[0]?.parameters['RoleArn']).toBe(`${ROLE}-2`);
    await expect(issue(role)).rejects.toMatchObject({ code: 'request.invalid', where: 'role_arn' });
    await expect(issue(role, { roleArn: `${ROLE}-3` })).rejects.toMatchObject({ code: 'request.invalid', where: 'role_arn' });
  });

  test('a session shorter than STS gives is refused before it is asked', async () => {
    const { sts, issue } = openWorld();
    await expect(issue(assumed, {}, { lifetimeMs: 899_000 })).rejects.toMatchObject({ code: 'request.invalid', where: 'ttl' });
    expect(sts.requests).toEqual([]);
  });

  test('a URL is made for the bucket where AWS has it, and its session is the shortest that there is', async () => {
    const { clock, issue, sts } = openWorld();
    const role: Partial<AwsRole> = { ...assumed, bucket: 'weights', prefix: 'a/', verbs: ['read'] };
    const { output, expiresAt } = await issue(role, { presign: 'GET', key: 'a/b c', presignTtl: 60 });
    const url = new URL((output['url'] as Secret).text);
    expect(url.origin + url.pathname).toBe('https://weights.s3.eu-central-1.amazonaws.com/a/b%20c');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('60');
    expect(expiresAt).toBeLessThanOrEqual(clock.now() + 60_000);
    expect(JSON.stringify(output)).not.toContain('X-Amz');
    expect(sts.asked[0]?.parameters['DurationSeconds']).toBe('900');
  });
});

describe('what STS answers', () => {
  test('a session that ends earlier than was asked ends the lease earlier', async () => {
    const { sts, issue, clock } = openWorld();
    sts.instead.push(() => session(clock.now() + 1_800_000));
    expect((await issue(assumed)).expiresAt).toBe(clock.now() + 1_800_000);
  });

  test.each([
    ['a session that goes on for longer', (now: number) => session(now + 2 * HOUR)],
    ['a session that has ended', (now: number) => session(now - 1000)],
    ['nothing', () => xml(200, '')],
    ['the answer to something else', () => xml(200, '<GetSessionTokenResponse></GetSessionTokenResponse>')],
    ['a page of a proxy', () => xml(200, '<html><body>Log in</body></html>', 'text/html')],
    ['a way elsewhere', () => ({ status: 307, headers: { location: 'https://elsewhere.example/' }, body: Buffer.from('') })],
  ])('%s is taken for no session', async (_what, answer: (now: number) => OutgoingAnswer) => {
    const { sts, issue, clock } = openWorld();
    sts.instead.push(() => answer(clock.now()));
    expect(await kindOf(issue(assumed))).toBe('refused');
  });

  test('that it has too much to do is waited for, and not for ever', async () => {
    const { sts, issue } = openWorld();
    sts.instead.push(throttled, throttled);
    await issue(assumed);
    expect(sts.requests).toHaveLength(3);
    sts.instead.push(throttled, throttled, throttled);
    expect(await kindOf(issue(assumed))).toBe('throttled');
    const once = openWorld({ maxRetries: 0 });
    once.sts.instead.push(throttled);
    expect(await kindOf(once.issue(assumed))).toBe('throttled');
    expect(once.sts.requests).toHaveLength(1);
  });

  test('a failure of its own leaves open whether there is a session', async () => {
    const { sts, issue } = openWorld();
    sts.instead.push(() => rejection('InternalFailure', 500));
    expect(await kindOf(issue(assumed))).toBe('unknown-outcome');
  });

  test('a refusal is told in its words, but for the one that repeats what was signed', async () => {
    const { sts, issue } = openWorld();
    const error = (code: string, message: string) =>
      xml(
        403,
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    sts.instead.push(() => error('AccessDenied', `not allowed: ${sts.keys.secret}`));
    await expect(issue(assumed)).rejects.toMatchObject({ kind: 'refused', message: 'AccessDenied: not allowed: [redacted]' });
    sts.instead.push(() => error('SignatureDoesNotMatch', 'The Canonical String should have been ...'));
    await expect(issue(assumed)).rejects.toMatchObject({ kind: 'refused', message: 'SignatureDoesNotMatch' });
  });
});

describe('the configured user', () => {
  test('is looked up without changing anything, and what it lacks is named', async () => {
    const { sts, target } = openWorld();
    expect(await target.check([], within(5000))).toEqual([]);
    expect(sts.asked.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
    const role = { ...awsEngine.role.initial, ...assumed, externalId: 'ours', leaseTags: true } as AwsRole;
    sts.instead.push(
      () => xml(200, '<GetCallerIdentityResponse></GetCallerIdentityResponse>'),
      () => rejection('AccessDenied'),
    );
    const [shortfall] = await target.check([role], within(5000));
    expect(shortfall).toEqual({
      what: `sts:AssumeRole on ${ROLE} (AccessDenied)`,
      remedy: expect.stringMatching(/sts:TagSession.*trust policy.*sts:ExternalId/),
    });
  });

  test('asks for sessions that may do nothing, to see whether it would get others', async () => {
    const { sts, target } = openWorld();
    const role = { ...awsEngine.role.initial, ...assumed } as AwsRole;
    await target.check([role], within(5000));
    const policy = JSON.parse(sts.asked[1]?.parameters['Policy'] ?? '');
    expect(policy.Statement).toEqual([{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }]);
  });

  test('whose keys are wrong is refused', async () => {
    const { target, issue } = openWorld({ secretKey: Secret.fromText('x'.repeat(40)) });
    expect(await kindOf(target.check([], within(5000)))).toBe('refused');
    expect(await kindOf(issue(assumed))).toBe('refused');
  });
});

describe('a server', () => {
  test('that takes the request and says nothing leaves the outcome open, at the end of the time', async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stsEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { issue } = openWorld({ stsEndpoint, internal: true }, nodeNetwork);
    const sockets: { destroy(): void }[] = [];
    server.on('connection', (socket) => sockets.push(socket));
    expect(await kindOf(issue(assumed, {}, { call: within(300) }))).toBe('unknown-outcome');
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test('at a private address is asked where the operator says so alone', async () => {
    const { target } = openWorld({ stsEndpoint: 'https://127.0.0.1:9' }, nodeNetwork);
    await expect(target.check([], within(5000))).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('network.address'),
    });
  });

  test('whose certificate somebody else signed is told nothing', async () => {
    const [right, wrong] = [selfSigned(), selfSigned()];
    let asked = 0;
    const server = createHttpsServer({ cert: right.cert, key: right.key }, (_request, response) => {
      asked += 1;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stsEndpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
    const { issue } = openWorld({ stsEndpoint, internal: true, tlsCa: wrong.cert }, nodeNetwork);
    expect(await kindOf(issue(assumed))).toBe('refused');
    expect(asked).toBe(0);
    server.close();
  });
});

function session(end: number): OutgoingAnswer {
  const time = new Date(end).toISOString();
  const keys = `<AccessKeyId>KEYID</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
  const credentials = `<Credentials>${keys}<Expiration>${time}</Expiration></Credentials>`;
  return xml(200, `<AssumeRoleResponse><AssumeRoleResult>${credentials}</AssumeRoleResult></AssumeRoleResponse>`);
}
