import { platforms } from '../../src/identity/platforms/catalogue.ts';
import type { Platform } from '../../src/identity/platforms/platform.ts';
import { code, type Page, page, table } from './page.ts';

const list = (names: readonly string[]): string => names.map(code).join(', ');

function issuerOf({ issuer, withoutIssuer, issuerForm, examples }: Platform): string {
  if (withoutIssuer === true) return 'none: the trust bundle';
  if (issuer !== undefined) return code(issuer);
  return issuerForm === undefined ? 'any' : `such as ${code(examples.issuer ?? '')}`;
}

function refusalsOf({ ofPeople = [], refusedAudiences = [], outsiders, required }: Platform): readonly string[] {
  return [
    `a token without ${required.map(code).join(' or ')}`,
    ofPeople.length > 0 ? `a token with ${ofPeople.map(code).join(' or ')}, which people have` : '',
    refusedAudiences.length > 0 ? `a token that is also meant for ${refusedAudiences.map(code).join(' or ')}` : '',
    outsiders === undefined
      ? ''
      : `${code(outsiders.claim)} of ${list(outsiders.events)}, unless the role's ${code('bound_claims')} name that very value`,
  ].filter((refusal) => refusal !== '');
}

function section(platform: Platform): string {
  const { kind, summary, claims, derived = {}, userControlled, algorithms } = platform;
  const named = Object.entries(claims).map(([name, claim]) => [name, code(claim)]);
  const lines = [
    `## ${kind}`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    table(
      ['In policies', 'Claim'],
      [...named, ...Object.entries(derived)].map(([name = '', meaning = '']) => [code(`workload.claims.${name}`), meaning]),
    ),
    `Refused: ${refusalsOf(platform).join('; ')}.`,
    `Signed with ${list(algorithms)}.`,
  ];
  if (userControlled.length > 0) {
    lines.push(`Users of the platform choose ${list(userControlled)}: no role should rest on that alone.`);
  }
  return lines.join('\n\n');
}

export const platformsPage: Page = {
  file: 'platforms.md',
  render: () =>
    page(
      'Platforms',
      'What is known of each platform that signs tokens for its workloads: the setting `platform` of the method [`jwt`](auth/jwt.md). The methods ' +
        '[`kubernetes`](auth/kubernetes.md), [`gcp`](auth/gcp.md) and [`azure`](auth/azure.md) know theirs by themselves.',
      'The subject of a workload is made of its issuer and these claims, so that it stays the same when a name changes and never becomes ' +
        "somebody else's.",
      table(
        ['Platform', 'Issuer', 'Subject'],
        platforms.map((platform) => [`[${platform.kind}](#${platform.kind})`, issuerOf(platform), list(platform.subject)]),
      ),
      'A claim that begins with `/` is a JSON pointer (RFC 6901) into the token.',
      ...platforms.map(section),
    ),
};
