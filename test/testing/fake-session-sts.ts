import { randomBytes } from 'node:crypto';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../src/foundation/ports.ts';
import { rejection, signatureFor, xml } from '../../src/identity/methods/testing/fake-sts.ts';

/** One thing that the fake was asked, and granted. */
export interface Asked {
  readonly url: string;
  readonly action: string;
  /** As they were sent, without the action and the version. */
  readonly parameters: Readonly<Record<string, string>>;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const METADATA = '<ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>';

/**
 * In the place of AWS's STS: verifies signatures as AWS describes them, and answers the three actions that give sessions with the
 * documented XML. A fake: it decides nothing that AWS decides.
 */
export class FakeSessionSts implements Network {
  readonly keys = { accessKey: `KEY${randomBytes(8).toString('hex').toUpperCase()}`, secret: randomBytes(30).toString('base64') };
  readonly asked: Asked[] = [];
  readonly requests: OutgoingRequest[] = [];
  /** Taken one after the other instead of true answers. */
  readonly instead: (() => OutgoingAnswer | Promise<OutgoingAnswer>)[] = [];
  readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.requests.push(request);
    const instead = this.instead.shift();
    if (instead !== undefined) return instead();
    const body = String(request.body ?? '');
    const lower = new Map(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const headers = { ...Object.fromEntries(lower), host: new URL(request.url).host };
    const [, keyId, region = '', names = '', signature] =
      /Credential=(\w+)\/\d+\/([\w-]+)\/sts\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
        lower.get('authorization') ?? '',
      ) ?? [];
    if (keyId !== this.keys.accessKey) return rejection('InvalidClientTokenId');
    const signed = { headers, names: names.split(';'), body, stamp: lower.get('x-amz-date') ?? '', region };
    if (signatureFor(signed, this.keys.secret) !== signature) return rejection('SignatureDoesNotMatch');
    const { Action: action = '', Version: version, ...parameters } = Object.fromEntries(new URLSearchParams(body));
    if (version !== '2011-06-15') return rejection('InvalidAction', 400);
    this.asked.push({ url: request.url, action, parameters });
    return this.#answer(action, parameters);
  }

  #answer(action: string, parameters: Readonly<Record<string, string>>): OutgoingAnswer {
    const { RoleArn: arn = '', RoleSessionName: name, Name: federated } = parameters;
    const credentials = () => this.#credentials(Number(parameters['DurationSeconds']));
    switch (action) {
      case 'GetCallerIdentity':
        return wrapped(action, '<Arn>arn:aws:iam::123456789012:user/w</Arn><UserId>U</UserId><Account>123456789012</Account>');
      case 'GetSessionToken':
        return wrapped(action, credentials());
      case 'GetFederationToken':
        return wrapped(action, `${credentials()}${user('FederatedUser', 'FederatedUserId', `federated-user/${federated}`)}`);
      case 'AssumeRole':
        return wrapped(
          action,
          `${user('AssumedRoleUser', 'AssumedRoleId', `assumed-role/${arn.split('/').at(-1)}/${name}`)}${credentials()}`,
        );
      default:
        return rejection('InvalidAction', 400);
    }
  }

  #credentials(seconds: number): string {
    // AWS tells whole seconds.
    const end = new Date(Math.ceil(this.now() / 1000 + seconds) * 1000).toISOString().replace(/\.\d+/, '');
    const [id, secret, token] = [`KEY${randomBytes(8).toString('hex')}`, randomBytes(30), randomBytes(90)].map((part) =>
      typeof part === 'string' ? part : part.toString('base64'),
    );
    return `<Credentials>
      <AccessKeyId>${id}</AccessKeyId>
      <SecretAccessKey>${secret}</SecretAccessKey>
      <SessionToken>${token}</SessionToken>
      <Expiration>${end}</Expiration>
    </Credentials>`;
  }
}

const user = (element: string, id: string, what: string): string =>
  `<${element}><Arn>arn:aws:sts::123456789012:${what}</Arn><${id}>I</${id}></${element}>`;

const wrapped = (action: string, result: string): OutgoingAnswer =>
  xml(200, `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result>${METADATA}</${action}Response>`);
