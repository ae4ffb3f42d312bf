import { parseStrictXml } from '../../../foundation/strict-xml.ts';
import { refusedLogin } from '../../login-refusal.ts';

/** Who AWS says that the caller is. */
export interface CallerIdentity {
  readonly account: string;
  /** As STS says it: for a role, the session. */
  readonly arn: string;
  /** Of the role or user behind a session, without the path that STS leaves out. */
  readonly canonicalArn: string;
  readonly partition: string;
  /** `AROA…`, `AIDA…`: never given to another. */
  readonly uniqueId: string;
  /** Name of the role or user. */
  readonly name: string;
  /** Chosen by whoever assumed the role; empty for users. */
  readonly sessionName: string;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/**
 * The one document that STS answers GetCallerIdentity with, and nothing else.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @throws WatchwordError `login.refused`
 */
export function callerIdentityIn(xml: string): CallerIdentity {
  const answer = parseStrictXml(xml);
  if (answer?.name !== 'GetCallerIdentityResponse' || answer.namespace !== NAMESPACE) throw refusedLogin('aws.answer');
  const [result, metadata] = [answer.children.get('GetCallerIdentityResult'), answer.children.get('ResponseMetadata')];
  if (answer.children.size !== 2 || metadata?.children.size !== 1) throw refusedLogin('aws.answer');
  if (!/^[\w-]*$/.test(metadata.children.get('RequestId')?.text ?? '?')) throw refusedLogin('aws.answer');
  const [arn, userId, account] = ['Arn', 'UserId', 'Account'].map((name) => result?.children.get(name)?.text);
  if (result?.children.size !== 3 || !arn || !userId || !account) throw refusedLogin('aws.answer');
  return identityOf(arn, userId, account);
}

function identityOf(arn: string, userId: string, account: string): CallerIdentity {
  const [, partition = '', service, owner, resource = ''] =
    /^arn:(aws(?:-[a-z]+)*):(iam|sts)::(\d{12}):([!-~]+)$/.exec(arn) ?? [];
  if (owner === undefined || owner !== account) throw refusedLogin('aws.answer');
  if (resource === 'root') throw refusedLogin('aws.root');
  const [kind = '', ...names] = resource.split('/');
  if (kind === 'federated-user') throw refusedLogin('aws.principal');
  const [id = '', session, ...more] = userId.split(':');
  // What an id is of, AWS says by how it begins.
  const begins = service === 'iam' ? 'AIDA' : 'AROA';
  if (!/^[A-Z0-9]{16,128}$/.test(id) || !id.startsWith(begins) || more.length > 0) throw refusedLogin('aws.answer');
  const shared = { account, arn, partition, uniqueId: id };
  if (service === 'iam' && kind === 'user' && names.length > 0 && !names.includes('') && session === undefined) {
    return { ...shared, canonicalArn: arn, name: names.at(-1) ?? '', sessionName: '' };
  }
  if (service === 'sts' && kind === 'assumed-role' && names.length === 2 && !names.includes('') && session === names[1]) {
    const [name = '', sessionName = ''] = names;
    return { ...shared, canonicalArn: `arn:${partition}:iam::${account}:role/${name}`, name, sessionName };
  }
  throw refusedLogin('aws.answer');
}
