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
    const names = platforms.flatMap(({ claims }) => Object.keys(claims));
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

describe.for(platforms.map((platform) => [platform.kind, platform] as const))('a token of %s', ([kind, platform]) => {
  const { examples, withoutIssuer } = platform;
  const iss = withoutIssuer ? { iss: undefined } : {};

  it('logs in as a stable subject', async () => {
    await using world = await configured(platform);
    const jwt = await world.sign({ aud: audience, ...iss, ...examples.accepted });
    const { output } = await world.login('jwt.login', { role: 'train', jwt });
    expect(output).toMatchObject({ policies: ['default', 'features'], metadata: { role: 'train' } });
    const { principal, facts } = world.on.world.audit.records.at(-1) ?? {};
    expect(principal).toMatchObject({ method: 'jwt', id: examples.subject });
    const claims = facts?.['workloadClaims'] as readonly string[];
    expect(claims.length).toBeGreaterThan(0);
  });

  it.for(examples.refused.map((example) => [example.why, example] as const))('is refused: %s', async ([, example]) => {
    await using world = await configured(platform);
    const aud = example.audience === undefined ? audience : [audience, example.audience];
    const jwt = await world.sign({ aud, ...iss, ...examples.accepted, ...example.change });
    expect(await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))).toBe(example.reason);
    expect(Object.keys(refusalReasons)).toContain(example.reason);
  });

  it.skipIf(kind === 'generic')('is refused without the claims that it must have', async () => {
    await using world = await configured(platform);
    for (const claim of platform.required.filter((name) => !name.startsWith('/') && name !== 'sub')) {
      const jwt = await world.sign({ aud: audience, ...iss, ...examples.accepted, [claim]: undefined });
      expect([claim, await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))]).toEqual([claim, 'platform.claim']);
      const odd = await world.sign({ aud: audience, ...iss, ...examples.accepted, [claim]: { text: 'x' } });
      expect([claim, await world.reasonOf(world.login('jwt.login', { role: 'train', jwt: odd }))]).toEqual([
        claim,
        'platform.claim',
      ]);
    }
  });
});
