import type { LeaseFacts } from '../engine.ts';
import type { AwsRole } from './role.ts';
import type { StsRequest } from './sts.ts';

/** What a session is to be. */
export interface Wanted {
  readonly name: string;
  readonly seconds: number;
  readonly policy: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The request by which STS gives a session of this role. @param roleArn empty where none is assumed */
export function sessionRequest(
  { credentialType, externalId, policyArns }: AwsRole,
  roleArn: string,
  { name, seconds, policy, tags }: Wanted,
): StsRequest {
  const duration = { DurationSeconds: String(seconds) };
  if (credentialType === 'session_token') return { action: 'GetSessionToken', parameters: duration };
  const parameters = {
    ...duration,
    ...(policy === undefined ? {} : { Policy: policy }),
    ...Object.fromEntries(policyArns.map((arn, index) => [`PolicyArns.member.${index + 1}.arn`, arn])),
  };
  if (credentialType === 'federation_token') return { action: 'GetFederationToken', parameters: { Name: name, ...parameters } };
  const tagged = Object.entries(tags).flatMap(([key, value], index) => [
    [`Tags.member.${index + 1}.Key`, key],
    [`Tags.member.${index + 1}.Value`, value],
  ]);
  return {
    action: 'AssumeRole',
    parameters: {
      RoleArn: roleArn,
      RoleSessionName: name,
      ...parameters,
      ...(externalId === '' ? {} : { ExternalId: externalId }),
      ...Object.fromEntries(tagged),
    },
  };
}

/** A tag holds fewer characters than a name may. */
const tagText = (text: string): string => text.replace(/[^\w .:/=+@-]/g, '_').slice(0, 256);

/** Tags of a session, by name. */
export function tagsOf(
  { sessionTags, leaseTags }: AwsRole,
  { id, holder }: Pick<LeaseFacts, 'id' | 'holder'>,
): Readonly<Record<string, string>> {
  if (!leaseTags) return sessionTags;
  return { ...sessionTags, 'watchword:lease': tagText(id), 'watchword:holder': tagText(holder) };
}
