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

const ELEMENT = /^\s*<(\w+)>([^<>&]*)<\/\1>/;

/**
 * The one document that STS answers GetCallerIdentity with, and nothing else that an XML parser would take: no declarations but the
 * first, no comments, entities, attributes, and each element once.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @throws WatchwordError `login.refused`
 */
export function callerIdentityIn(xml: string): CallerIdentity {
  const [, inner] =
    /^(?:<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?\?>)?\s*<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\s*<GetCallerIdentityResult>([\s\S]*?)<\/GetCallerIdentityResult>\s*<ResponseMetadata>\s*<RequestId>[\w-]*<\/RequestId>\s*<\/ResponseMetadata>\s*<\/GetCallerIdentityResponse>\s*$/.exec(
      xml,
    ) ?? [];
  const fields = new Map<string, string>();
  let rest = inner ?? '';
  for (let found = ELEMENT.exec(rest); found !== null; found = ELEMENT.exec(rest)) {
    const [whole, name = '', value = ''] = found;
    if (fields.has(name)) throw refusedLogin('aws.answer');
    fields.set(name, value.trim());
    rest = rest.slice(whole.length);
  }
  const [arn, userId, account] = [fields.get('Arn'), fields.get('UserId'), fields.get('Account')];
  if (inner === undefined || rest.trim() !== '' || fields.size !== 3) throw refusedLogin('aws.answer');
  if (arn === undefined || userId === undefined || account === undefined) throw refusedLogin('aws.answer');
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
