import { describe, expect, it } from 'vitest';
import { refusalReasons } from '../auth-methods.ts';
import { PlatformWorld } from '../methods/testing/platform-world.ts';
import { platforms } from './catalogue.ts';
import type { Platform } from './platform.ts';

const audience = 'https://watchword.example';

async function configured({ kind, issuer, algorithms, withoutIssuer, examples }: Platform): Promise<PlatformWorld> {
  const algorithm = algorithms.find((name) => name === 'ES256' || name === 'ES384') ?? 'RS256';
  const world = await PlatformWorld.open({
    kind: 'jwt',
    issuer: issuer ?? examples.issuer ?? 'https://spiffe.example',
    algorithm,
  });
  await world.write('jwt.config.write', {
    platform: kind,
    jwks: world.jwks,
    ...(withoutIssuer ? { spiffeTrustDomain: 'prod.acme.example' } : { boundIssuer: world.issuer.issuer }),
  });
  const userClaim = kind === 'generic' ? 'sub' : '';
  await world.write('jwt.roles.write', { name: 'train', boundAudiences: [audience], userClaim, policies: ['features'] });
  return world;
}

describe('platforms', () => {
  it('have kinds in kebab-case, each of them once', () => {
    const kinds = platforms.map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThanOrEqual(12);
    expect(kinds.filter((kind) => !/^[a-z]+(?:-[a-z0-9]+)*$/.test(kind))).toEqual([]);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it('name claims without dots, so that templates can refer to them', () => {
    const names = platforms.flatMap(({ claims, derived = {} }) => [...Object.keys(claims), ...Object.keys(derived)]);
    expect(names.filter((name) => !/^[a-z_]+$/.test(name))).toEqual([]);
  });

  it('recognise their own issuer and no other that contains it', () => {
    for (const { issuerForm, examples } of platforms) {
      if (issuerForm === undefined) continue;
      const issuer = examples.issuer ?? '';
      expect(issuerForm.test(issuer)).toBe(true);
      for (const other of [
        `${issuer}x`,
        `x${issuer}`,
        `${issuer}\n`,
        `https://evil.example/${issuer}`,
        issuer.replace('.', '-'),
      ]) {
        expect([other, issuerForm.test(other)]).toEqual([other, false]);
      }
    }
  });
});

describe.for(platforms.map((platform) => [platform.kind, platform] as const))('a token of %s', ([, platform]) => {
  const { examples, withoutIssuer } = platform;
  const iss = withoutIssuer ? { iss: undefined } : {};

  it('logs in as a stable subject', async () => {
    await using world = await configured(platform);
    const jwt = await world.sign({ aud: audience, ...iss, ...examples.accepted });
    const { output } = await world.login('jwt.login', { role: 'train', jwt });
    expect(output).toMatchObject({ policies: ['default', 'features'], metadata: { role: 'train' } });
    const { principal, facts = {} } = world.on.world.audit.records.at(-1) ?? {};
    expect(principal).toMatchObject({ method: 'jwt', id: examples.subject });
    const told = (facts['workloadClaims'] as readonly string[]).map((claim) => claim.slice(0, claim.indexOf('=')));
    const known = [...Object.keys(platform.claims), ...Object.keys(platform.derived ?? {})];
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.for(examples.refused.map((example) => [example.why, example] as const))('is refused: %s', async ([, example]) => {
    await using world = await configured(platform);
    const aud = example.audience === undefined ? audience : [audience, example.audience];
    const jwt = await world.sign({ aud, ...iss, ...examples.accepted, ...example.change });
    expect(await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))).toBe(example.reason);
    expect(Object.keys(refusalReasons)).toContain(example.reason);
  });
});

const named = (platform: Platform) => platform.required.filter((name) => !name.startsWith('/') && name !== 'sub');
const needing = platforms.filter((platform) => named(platform).length > 0).map((platform) => [platform.kind, platform] as const);

it.for(needing)('a token of %s is refused where a claim that it must have is missing or no plain value', async ([, platform]) => {
  await using world = await configured(platform);
  for (const claim of named(platform)) {
    for (const value of [undefined, { text: 'x' }, ['x'], '', null]) {
      const jwt = await world.sign({ aud: audience, ...platform.examples.accepted, [claim]: value });
      const reason = await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }));
      expect([claim, value, reason]).toEqual([claim, value, 'platform.claim']);
    }
  }
});
