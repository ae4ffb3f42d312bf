import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsWorld, SERVER } from './aws/testing/aws-world.ts';

let world: AwsWorld;

beforeEach(async () => {
  world = await AwsWorld.open();
});
afterEach(() => world[Symbol.asyncDispose]());

const idOf = ({ userId }: { readonly userId: string }) => userId.split(':')[0] ?? '';

describe('a principal', () => {
  it('logs in as who AWS says it is, known by its unique id', async () => {
    const { output } = await world.logIn(world.signed());
    const id = idOf(world.trainer);
    expect(output).toMatchObject({ policies: ['default', 'features'] });
    expect(output?.metadata).toEqual({
      role_id: 'train',
      account_id: '123456789012',
      auth_type: 'iam',
      canonical_arn: 'arn:aws:iam::123456789012:role/trainer',
      client_user_id: id,
    });
    expect(world.told()?.principal).toMatchObject({ method: 'aws', id: `aws:aws:123456789012:${id}` });
  });

  it('is the same for each of its sessions, whose name whoever made it chose', async () => {
    const other = world.principal('trainer', 'job-2');
    const same = { ...other, userId: `${idOf(world.trainer)}:job-2` };
    world.sts.principals.push({ ...same, keyId: `${other.keyId}X` });
    const first = await world.logIn(world.signed());
    const second = await world.logIn(world.signed({ who: { ...same, keyId: `${other.keyId}X` } }));
    expect(second.output?.entityId).toBe(first.output?.entityId);
    expect(world.told()?.facts?.['workloadClaims']).toContain('session_name=job-2');
  });

  it('need not name the role that is named like itself', async () => {
    await world.role({}, 'trainer');
    expect((await world.logInAsOneself(world.signed())).output?.metadata).toMatchObject({ role_id: 'trainer' });
  });

  it('that is a user logs in with keys that have no session', async () => {
    const user = world.principal('ada', undefined);
    await world.role({ boundIamPrincipalArn: [user.arn] });
    await expect(world.logIn(world.signed({ who: user }))).resolves.toBeDefined();
  });

  it.each([
    ['its unique id', () => ({ boundIamPrincipalArn: [], boundIamPrincipalId: [idOf(world.trainer)] })],
    ['its account', () => ({ boundIamPrincipalArn: [], boundAccountId: ['123456789012'] })],
    [
      'a role with a path, which AWS does not say',
      () => ({ boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/ml/jobs/trainer'] }),
    ],
    ['the beginning of a name', () => ({ boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/train*'] })],
    ['its session', () => ({ boundIamPrincipalArn: ['arn:aws:sts::123456789012:assumed-role/trainer/job-1'] })],
  ])('is admitted by %s', async (_name, bound) => {
    await world.role(bound());
    await expect(world.logIn(world.signed())).resolves.toBeDefined();
  });

  it.each([
    ['another account', { boundAccountId: ['210987654321'] }, 'aws.account'],
    ['another name', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/train'] }, 'aws.arn'],
    ['the same name in another account', { boundIamPrincipalArn: ['arn:aws:iam::210987654321:role/trainer'] }, 'aws.arn'],
    ['the same name in another partition', { boundIamPrincipalArn: ['arn:aws-cn:iam::123456789012:role/trainer'] }, 'aws.arn'],
    ['a user of the same name', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:user/trainer'] }, 'aws.arn'],
    ['the name in other letters', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/Trainer'] }, 'aws.arn'],
    ['another session', { boundIamPrincipalArn: ['arn:aws:sts::123456789012:assumed-role/trainer/job-10'] }, 'aws.arn'],
    ['another unique id under the same name', { boundIamPrincipalId: [`AROA${'A'.repeat(16)}`] }, 'aws.unique-id'],
    ['other addresses', { boundCidrs: ['10.0.0.0/8'] }, 'role.address'],
  ])('is refused where the role admits %s', async (_name, bound, expected) => {
    await world.role(bound);
    await world.refused(world.logIn(world.signed()), expected);
    // Who it was is known all the same.
    expect(world.told()?.principal).toMatchObject({ method: 'aws', displayName: 'trainer' });
  });

  it('that was made anew under its old name is refused where the unique id is bound', async () => {
    await world.role({ boundIamPrincipalId: [idOf(world.trainer)] });
    await world.refused(world.logIn(world.signed({ who: world.principal('trainer') })), 'aws.unique-id');
  });
});

describe('a region', () => {
  const central = { region: 'eu-central-1', host: 'sts.eu-central-1.amazonaws.com' };

  it('that is configured is the only one that is asked', async () => {
    await world.configure({ stsRegion: 'eu-central-1' });
    await expect(world.logIn(world.signed(central))).resolves.toBeDefined();
    expect(world.sts.requests.map(({ url }) => url)).toEqual(['https://sts.eu-central-1.amazonaws.com/']);
    await world.refused(world.logIn(world.signed()), 'aws.region');
    await world.refused(world.logIn(world.signed({ ...central, region: 'eu-west-1' })), 'aws.region');
    await world.refused(world.logIn(world.signed({ ...central, host: 'sts.eu-west-1.amazonaws.com' })), 'aws.url');
  });

  it('may be signed for under the global name, as hvac does', async () => {
    await world.configure({ stsRegion: 'eu-central-1' });
    await expect(world.logIn(world.signed({ region: 'eu-central-1' }))).resolves.toBeDefined();
    expect(world.sts.requests[0]).toMatchObject({ url: 'https://sts.eu-central-1.amazonaws.com/', host: 'sts.amazonaws.com' });
  });

  it('that is allowed is asked where callers signed for it', async () => {
    await world.configure({ allowedStsRegions: ['eu-central-1'] });
    await expect(world.logIn(world.signed(central))).resolves.toBeDefined();
    await expect(world.logIn(world.signed())).resolves.toBeDefined();
    expect(world.sts.requests.map(({ url }) => url)).toEqual([
      'https://sts.eu-central-1.amazonaws.com/',
      'https://sts.amazonaws.com/',
    ]);
  });

  it.each([
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn', 'aws-cn'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com', 'aws-us-gov'],
    ['eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu', 'aws-eusc'],
  ])('%s is asked at %s, and tells of its own partition alone', async (region, host, partition) => {
    await world.configure({ stsRegion: region });
    await world.refused(world.logIn(world.signed({ region, host })), 'aws.answer');
    const arn = world.trainer.arn.replace('arn:aws:', `arn:${partition}:`);
    const there = { ...world.trainer, arn };
    world.sts.principals.splice(0, 1, there);
    await world.role({ boundIamPrincipalArn: [`arn:${partition}:iam::123456789012:role/trainer`] });
    await expect(world.logIn(world.signed({ region, host, headers: { Accept: 'text/xml' } }))).resolves.toBeDefined();
    expect(new Set(world.sts.requests.map(({ url }) => url))).toEqual(new Set([`https://${host}/`]));
    await world.refused(world.logIn(world.signed({ region })), 'aws.url');
  });
});

describe('a signature', () => {
  it('is used once, also by many at once', async () => {
    const request = world.signed();
    const settled = await Promise.allSettled(Array.from({ length: 5 }, () => world.logIn(request)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await world.refused(world.logIn(request), 'aws.replayed');
  });

  it('is used once also with headers that are not part of it', async () => {
    const request = world.signed();
    await world.logIn(request);
    await world.refused(world.logIn({ ...request, headers: { ...request.headers, 'User-Agent': 'other' } }), 'aws.replayed');
  });

  it('may be used again where the role says so, since processes that share credentials may sign the same', async () => {
    await world.role({ signaturePolicy: 'reuse-until-exp' });
    const request = world.signed();
    await world.logIn(request);
    await expect(world.logIn(request)).resolves.toBeDefined();
    await world.refused(world.logIn({ ...request, headers: world.signed({ late: 16 * 60_000 }).headers }), 'aws.date');
  });

  it('of the same second is another one where the SDKs name their calls', async () => {
    await world.logIn(world.signed({ headers: { 'amz-sdk-invocation-id': 'first' } }));
    await expect(world.logIn(world.signed({ headers: { 'amz-sdk-invocation-id': 'second' } }))).resolves.toBeDefined();
  });

  it('ends after a quarter of an hour', async () => {
    await expect(world.logIn(world.signed({ late: 14 * 60_000 }))).resolves.toBeDefined();
    await world.refused(world.logIn(world.signed({ late: 16 * 60_000 })), 'aws.date');
    await world.refused(world.logIn(world.signed({ late: -16 * 60_000 })), 'aws.date');
  });

  it('from a clock that is ahead cannot be used again as long as it is valid', async () => {
    const request = world.signed({ late: -14 * 60_000 });
    await world.logIn(request);
    world.on.world.clock.time += 28 * 60_000;
    await world.refused(world.logIn(request), 'aws.replayed');
  });

  it('with the wrong key, over another content or of another session is for AWS to reject', async () => {
    await world.refused(world.logIn(world.signed({ who: { ...world.trainer, secret: 'guessed' } })), 'aws.rejected');
    const request = world.signed();
    await world.refused(
      world.logIn({ ...request, headers: { ...request.headers, 'Content-Type': 'text/plain' } }),
      'aws.rejected',
    );
    await world.refused(world.logIn(world.signed({ who: { ...world.trainer, sessionToken: 'other' } })), 'aws.rejected');
  });

  it('is decided by the settings and the role that stand when the token is made, and used up by nothing else', async () => {
    const request = world.signed();
    const meanwhile = (change: () => Promise<unknown>) => {
      world.sts.instead = async (right) => {
        world.sts.instead = undefined;
        await change();
        return right;
      };
    };
    meanwhile(() => world.configure({ iamServerIdHeaderValue: 'other' }));
    await expect(world.logIn(request)).rejects.toMatchObject({ code: 'store.raced' });
    await world.configure({ iamServerIdHeaderValue: SERVER });
    meanwhile(() => world.role({ policies: ['other'] }));
    expect((await world.logIn(request)).output?.policies).toEqual(['default', 'other']);
  });
});
