import { lintGlobs, lintTokenParameters, type RoleFinding } from '../../logins/role-lint.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { JwtRole } from './jwt-role.ts';

/** What is dangerous in a role for the tokens of a platform. */
export function lintJwtRole(role: JwtRole, platform: Platform): RoleFinding[] {
  const { boundClaims, boundSubject, boundClaimsType, boundAudiences } = role;
  const bound = Object.keys(boundClaims);
  const chosen = (claim: string) => platform.userControlled.some((name) => claim === name || claim.startsWith(`${name}/`));
  const findings: (RoleFinding | false)[] = [
    bound.length === 0 &&
      boundSubject === '' && {
        rule: 'any-workload',
        where: 'bound_claims',
        message: 'every workload of the issuer is admitted, those of strangers among them',
        advice: `bind the role to ${platform.subject.join(' and ')}`,
      },
    bound.length > 0 &&
      boundSubject === '' &&
      bound.every(chosen) && {
        rule: 'user-controlled',
        where: 'bound_claims',
        message: 'all claims that it is bound to have values that users choose',
        advice: `bind the role to ${platform.subject.join(' and ')} as well`,
      },
    [role.userClaim, role.groupsClaim, ...Object.keys(role.claimMappings)].some(chosen) && {
      rule: 'user-controlled',
      where: 'claim_mappings',
      message: 'it tells who the caller is by a claim whose value users choose',
      advice: 'use the ids of the platform; never give rights by what users can write',
    },
    boundAudiences.some((audience) => platform.sharedAudiences?.test(audience)) && {
      rule: 'shared-audience',
      where: 'bound_audiences',
      message: 'much else accepts tokens for this audience: whoever is sent one could log in here',
      advice: 'let the platform make tokens for an audience of your own',
    },
    acceptsOutsiders(role, platform) && {
      rule: 'outside-event',
      where: 'bound_claims',
      message: 'jobs are admitted that outsiders can start, with what they wrote',
      advice: `do not accept ${platform.outsiders?.claim ?? ''} of this kind`,
    },
    byNameOnly(role, platform) && {
      rule: 'name-only',
      where: 'bound_subject',
      message: 'the subject holds names without ids: they can be taken over, and the platform changes this form',
      advice: `bind the role to ${platform.subject.join(' and ')}`,
    },
  ];
  return [
    ...findings.filter((finding) => finding !== false),
    ...(boundClaimsType === 'glob' ? lintGlobs('bound_claims', Object.values(boundClaims).flat()) : []),
    ...lintTokenParameters(role, { outside: platform.runs === 'outside' }),
  ];
}

function acceptsOutsiders({ boundClaims }: JwtRole, { outsiders }: Platform): boolean {
  if (outsiders === undefined || !Object.hasOwn(boundClaims, outsiders.claim)) return false;
  return outsiders.events.some((event) => boundClaims[outsiders.claim]?.includes(event));
}

function byNameOnly({ boundSubject, boundClaims }: JwtRole, { kind, subject }: Platform): boolean {
  return kind === 'github' && /^repo:[^@]*$/.test(boundSubject) && !subject.some((claim) => Object.hasOwn(boundClaims, claim));
}
