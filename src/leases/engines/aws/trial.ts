import { type Shortfall, type TargetCall, TargetError } from '../engine.ts';
import { SHORTEST_SESSION } from './request.ts';
import { type AwsRole, isNarrowed } from './role.ts';
import { NOTHING } from './session-policy.ts';
import { sessionRequest, tagsOf } from './session-request.ts';
import type { Sts, StsRequest } from './sts.ts';
import type { StsSession } from './sts-answer.ts';

/** Of sessions that may do nothing, which show that others would be given. Session tokens alone cannot be made so. */
const NAME = 'watchword_check';
const AT_ONCE = 8;

interface Tried {
  readonly role: AwsRole;
  /** Empty where none is assumed. */
  readonly roleArn: string;
  readonly request: StsRequest;
}

/**
 * What the configured user cannot do that these roles need, and what their sessions could do that they should not.
 * @throws TargetError where STS does not answer
 */
export async function shortfallsOf(sts: Sts, roles: readonly AwsRole[], call: TargetCall): Promise<readonly Shortfall[]> {
  const shortfalls: Shortfall[] = [];
  const given: { readonly tried: Tried; readonly session: StsSession }[] = [];
  for (const tried of trialsOf(roles)) {
    const outcome = await granted(sts.session(tried.request, call));
    if (outcome instanceof TargetError) shortfalls.push(lackOf(tried, outcome));
    else given.push({ tried, session: outcome });
  }
  const others = given.filter(({ tried }) => tried.roleArn !== '');
  for (const { tried, session } of others.filter(({ tried: { role } }) => isNarrowed(role))) {
    for (let at = 0; at < others.length; at += AT_ONCE) {
      const some = others.slice(at, at + AT_ONCE).map(async ({ tried: other }) => {
        const outcome = await granted(sts.session(other.request, call, session));
        return outcome instanceof TargetError ? [] : [escapeOf(tried.roleArn, other.roleArn)];
      });
      shortfalls.push(...(await Promise.all(some)).flat());
    }
  }
  return shortfalls;
}

/** One for each way that a session is asked for, however many roles ask so. */
function trialsOf(roles: readonly AwsRole[]): readonly Tried[] {
  const trials = new Map<string, Tried>();
  // Narrowed ones last, so that they are what is kept: there is more to try with them.
  for (const role of roles.toSorted((a, b) => Number(isNarrowed(a)) - Number(isNarrowed(b)))) {
    for (const roleArn of role.credentialType === 'assumed_role' ? role.roleArns : ['']) {
      const wanted = { name: NAME, seconds: SHORTEST_SESSION, policy: NOTHING, tags: tagsOf(role, { id: NAME, holder: NAME }) };
      const request = sessionRequest({ ...role, policyArns: [] }, roleArn, wanted);
      trials.set(JSON.stringify(request), { role, roleArn, request });
    }
  }
  return [...trials.values()];
}

/** @throws TargetError unless it was granted or refused */
async function granted(asked: Promise<StsSession>): Promise<StsSession | TargetError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TargetError && error.kind === 'refused') return error;
    throw error;
  }
}

function lackOf({ role, roleArn, request }: Tried, { message }: TargetError): Shortfall {
  if (roleArn === '')
    return { what: `sts:${request.action} (${message})`, remedy: `allow the configured user sts:${request.action}` };
  const actions = 'Tags.member.1.Key' in request.parameters ? 'sts:AssumeRole and sts:TagSession' : 'sts:AssumeRole';
  const condition = role.externalId === '' ? '' : ', with the same sts:ExternalId';
  return {
    what: `sts:AssumeRole on ${roleArn} (${message})`,
    remedy: `allow the configured user ${actions} on ${roleArn}, and name it in the trust policy of that role${condition}`,
  };
}

/** Ceph takes a session for the user who asked for it, when it looks at trust policies, and asks no session policy then. */
function escapeOf(from: string, to: string): Shortfall {
  const statement = { Effect: 'Deny', Principal: { AWS: [from] }, Action: ['sts:AssumeRole'] };
  return {
    what: `keep sessions of ${from} from assuming ${to}, which makes them free of their policy`,
    remedy: `add this statement to the trust policy of ${to}: ${JSON.stringify(statement)}`,
  };
}
