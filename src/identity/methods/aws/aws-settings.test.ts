import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../foundation/secret.ts';
import { AwsWorld } from './testing/aws-world.ts';

let world: AwsWorld;

beforeEach(async () => {
  world = await AwsWorld.open();
});
afterEach(() => world[Symbol.asyncDispose]());

const idOf = ({ userId }: { readonly userId: string }) => userId.split(':')[0] ?? '';

describe('who is told', () => {
  const configure = (config: object) => world.on.performAt(world.mount, 'aws.identity.write', config, { as: world.on.root });

  it.each([
    ['role_id', 'role_id: all who log in by a role are one', true],
    ['unique_id', 'by default each principal is one', false],
    ['canonical_arn', 'each name is one', true],
    ['full_arn', 'each session is one', true],
  ] as const)('by %s: %s', async (iamAlias, _meaning, same) => {
    await configure({ iamAlias });
    const first = await world.logIn(world.signed());
    // Deleted, and made again under the same name.
    const second = await world.logIn(world.signed({ who: world.principal('trainer') }));
    expect(second.output?.entityId === first.output?.entityId).toBe(same);
  });

  it('is said before anything was written', async () => {
    const { output } = await world.on.performAt(world.mount, 'aws.identity.read', {}, { as: world.on.root });
    expect(output).toMatchObject({ iamAlias: 'unique_id', iamMetadata: expect.not.arrayContaining(['client_arn']) });
  });

  it('holds no more than is wanted', async () => {
    await configure({ iamMetadata: ['client_arn'] });
    const { output } = await world.logIn(world.signed());
    expect(output?.metadata).toEqual({ role_id: 'train', client_arn: world.trainer.arn });
    await configure({ iamMetadata: ['default'] });
    const later = await world.logIn(world.signed({ headers: { Accept: 'text/xml' } }));
    expect(Object.keys(later.output?.metadata ?? {})).toHaveLength(5);
  });

  it('is warned of where whoever assumes a role chooses it', async () => {
    expect((await configure({ iamAlias: 'full_arn' })).warnings).toEqual([expect.stringContaining('chosen by')]);
  });
});

describe('settings', () => {
  it.each([
    ['an STS over plain HTTP', { stsEndpoint: 'http://sts.example/' }],
    ['an STS with a path', { stsEndpoint: 'https://sts.example/x' }],
    ['an STS with a user', { stsEndpoint: 'https://a@sts.example/' }],
    ['an STS and blanks', { stsEndpoint: ' https://sts.example/' }],
    ['a region that is none', { stsRegion: 'evil.example/' }],
    ['further regions of one endpoint', { stsEndpoint: 'https://sts.example/', allowedStsRegions: ['eu-west-1'] }],
    ['regions that callers choose', { useStsRegionFromClient: true }],
    ['an STS of AWS at a private address', { internal: true }],
    ['a header that is about the connection', { allowedStsHeaderValues: ['Transfer-Encoding'] }],
    ['a header that changes the form of the answer', { allowedStsHeaderValues: ['Accept-Encoding'] }],
    ['a server id with a line break', { iamServerIdHeaderValue: 'a\r\nb' }],
  ])('with %s are refused', async (_name, config) => {
    await expect(world.configure(config)).rejects.toMatchObject({ code: expect.stringMatching(/login.invalid|request.invalid/) });
  });

  it('keep no keys of AWS', async () => {
    const secretKey = Secret.fromText('a secret of somebody');
    expect((await world.configure({ secretKey })).warnings).toEqual([expect.stringContaining('thrown away')]);
    const { output } = await world.on.performAt(world.mount, 'aws.config.read', {}, { as: world.on.root });
    expect(Object.keys(output ?? {})).not.toContain('secretKey');
  });

  it('warn where somebody else than AWS says who callers are', async () => {
    const { warnings } = await world.configure({ stsEndpoint: 'https://sts.internal.example' });
    expect(warnings).toEqual([expect.stringContaining('whoever answers there')]);
  });
});

describe('a role', () => {
  it.each([
    ['that admits everybody', { boundIamPrincipalArn: [] }],
    ['with a wildcard in the middle', { boundIamPrincipalArn: ['arn:aws:iam::*:role/trainer'] }],
    ['with a wildcard behind a path, which nobody proves', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/ml/*'] }],
    ['with something that is no ARN', { boundIamPrincipalArn: ['*'] }],
    ['with an account that is none', { boundAccountId: ['12345678901'] }],
    ['with a name in place of an id', { boundIamPrincipalId: ['trainer'] }],
    ['for instances', { authType: 'ec2' }],
    ['bound to a VPC, which nobody proves', { boundVpcId: ['vpc-1'] }],
    ['bound to an AMI, which nobody proves', { boundAmiId: ['ami-1'] }],
    ['that infers instances', { inferredEntityType: 'ec2_instance' }],
    ['whose ids shall be looked up', { resolveAwsUniqueIds: true }],
  ])('%s is refused', async (_name, bound) => {
    await expect(world.role(bound)).rejects.toMatchObject({ code: expect.stringMatching(/login.invalid|request.invalid/) });
  });

  it('that names unique ids need not have them looked up', async () => {
    await expect(world.role({ boundIamPrincipalId: [idOf(world.trainer)], resolveAwsUniqueIds: true })).resolves.toBeDefined();
  });

  it.each([
    ['an account alone', { boundIamPrincipalArn: [], boundAccountId: ['123456789012'] }, 'any-workload'],
    ['every role of an account', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/*'] }, 'any-workload'],
    ['names', {}, 'name-only'],
    ['wildcards', { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/train*'] }, 'wildcard'],
    ['names of sessions', { boundIamPrincipalArn: ['arn:aws:sts::123456789012:assumed-role/trainer/job-1'] }, 'user-controlled'],
    ['what was seen by others', { signaturePolicy: 'reuse-until-exp' }, 'replay'],
    ['addresses from everywhere', {}, 'no-cidr'],
  ])('that admits %s is warned of', async (_name, bound, rule) => {
    expect((await world.role(bound)).warnings).toContainEqual(expect.stringContaining(`(${rule})`));
  });
});
