import { parseStrictXml, type XmlElement } from '../../../foundation/strict-xml.ts';

/** Keys that STS has made. */
export interface StsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Of the session; empty where the answer says none. */
  readonly arn: string;
}

/** What STS says when it does nothing. */
export interface StsFault {
  /** `AccessDenied`; empty where there is none to be read. */
  readonly code: string;
  /** Printable, and short; empty where nothing was said, or could hold what was sent. */
  readonly message: string;
}

const NAMESPACES: ReadonlySet<string> = new Set(['', 'https://sts.amazonaws.com/doc/2011-06-15/']);
const KEY_ID = /^\w{4,128}$/;
const PRINTABLE = /^[!-~]+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * The session in an answer to AssumeRole, GetFederationToken or GetSessionToken; undefined for everything that is not exactly one.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (other servers leave out the name space)
 */
export function sessionIn(action: string, xml: string): StsSession | undefined {
  const answer = parseStrictXml(xml);
  if (answer?.name !== `${action}Response` || !NAMESPACES.has(answer.namespace)) return undefined;
  const result = answer.children.get(`${action}Result`);
  const credentials = result?.children.get('Credentials');
  if (result === undefined || credentials === undefined) return undefined;
  const [accessKeyId, secretAccessKey, sessionToken, time] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'].map(
    (name) => textOf(credentials, name),
  );
  if (!accessKeyId || !secretAccessKey || !sessionToken || !time) return undefined;
  if (!KEY_ID.test(accessKeyId) || !PRINTABLE.test(secretAccessKey) || !PRINTABLE.test(sessionToken) || !TIME.test(time)) {
    return undefined;
  }
  const expiresAt = Date.parse(time);
  if (Number.isNaN(expiresAt)) return undefined;
  const who = result.children.get('AssumedRoleUser') ?? result.children.get('FederatedUser');
  return { accessKeyId, secretAccessKey, sessionToken, expiresAt, arn: (who && textOf(who, 'Arn')) ?? '' };
}

const textOf = (element: XmlElement, name: string): string | undefined => element.children.get(name)?.text;

/** Servers wrap errors in several ways, and put what they like into them: only the code and the message are looked for. */
export function faultIn(xml: string): StsFault {
  const code = /<Code>([\w.]{1,64})<\/Code>/.exec(xml)?.[1] ?? '';
  // The message of this one repeats the request that was signed, with all its headers.
  if (code === 'SignatureDoesNotMatch') return { code, message: '' };
  const said = /<Message>([^<]{1,1024})<\/Message>/.exec(xml)?.[1] ?? '';
  return {
    code,
    message: said
      .replace(/[^ -~]+/g, ' ')
      .slice(0, 300)
      .trim(),
  };
}
