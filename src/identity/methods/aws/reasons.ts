import type { RefusalReasons } from '../../login-refusal.ts';

/** Why a signed request to AWS's STS lets nobody in. */
export const awsReasons: RefusalReasons = {
  'aws.unconfigured': 'The mount has no server id yet (iam_server_id_header_value), without which it accepts nothing.',
  'aws.form': 'The login is not of the form that it must have: base64 and a JSON object of headers.',
  'aws.method': 'The signed request is no POST.',
  'aws.url': 'The URL of the signed request is not the one of STS, or has a path, query, port, user or fragment.',
  'aws.body': 'The body of the signed request is not exactly GetCallerIdentity.',
  'aws.header': 'The signed request has a header that is not passed on.',
  'aws.duplicate-header': 'The signed request has a header twice.',
  'aws.server-id': 'The server id is missing, or is that of another server.',
  'aws.server-id-unsigned': 'The server id is not among the signed headers: the request could have been made for anybody.',
  'aws.signature-form': 'The Authorization header is not one Signature Version 4 for STS.',
  'aws.region': 'The request is signed for a region whose STS is not asked.',
  'aws.date': 'The request was signed more than 15 minutes ago, or in the future.',
  'aws.replayed': 'The same signature was used before.',
  'aws.rejected': 'STS rejects the request: wrong key, or another content than was signed.',
  'aws.session-ended': 'The session has ended whose credentials the request was signed with.',
  'aws.unreachable': 'STS does not answer, or is asked too often.',
  'aws.busy': 'Too many logins wait for STS to be asked.',
  'aws.answer': 'The answer of STS is not the document that it must be.',
  'aws.root': 'The caller is the root of an account, which no role admits.',
  'aws.principal': 'The caller is of a kind that no role admits: a federated user.',
  'aws.account': 'The role does not admit the account of the caller.',
  'aws.arn': 'The role does not admit the ARN of the caller.',
  'aws.unique-id': 'The role does not admit the unique id of the caller: another one, or made anew under the old name.',
};
