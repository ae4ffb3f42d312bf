import type { ChangeContext, ReadContext } from '../../../access/operation.ts';
import type { OutgoingAnswer } from '../../../foundation/ports.ts';
import { type GuardedRecords, PassingRecords } from '../../../keyring/mount-records.ts';
import { refusedLogin, unavailableLogin } from '../../login-refusal.ts';
import type { Identified } from '../../logins/logins.ts';
import { type Admission, Admissions } from '../admission.ts';
import { Bulkhead } from '../bulkhead.ts';
import { CONFIG } from '../config-operations.ts';
import type { MethodDependencies } from '../method.ts';
import { type AwsConfig, type AwsIdentityConfig, newAwsIdentityConfig } from './aws-config.ts';
import { type AwsRole, refuseUnbound } from './aws-role.ts';
import { type CallerIdentity, callerIdentityIn } from './caller-identity.ts';
import { type CheckedRequest, checkedRequest, type SentRequest } from './signed-request.ts';

export interface AwsLogin extends SentRequest {
  /** By default the name of the principal, as in Vault. */
  readonly role?: string | undefined;
}

export interface AwsRecords {
  readonly configs: GuardedRecords<AwsConfig>;
  readonly identities: GuardedRecords<AwsIdentityConfig>;
  readonly roles: GuardedRecords<AwsRole>;
}

type Admitted = Admission<AwsConfig, AwsRole>;

const MAX_ANSWER = 16 * 1024;
const TIMEOUT_MS = 10_000;
/** A signature is good for a quarter of an hour on either side of our clock. */
const REPLAY_MS = 31 * 60_000;

export class AwsLogins {
  readonly #on: MethodDependencies;
  readonly #records: AwsRecords;
  readonly #admissions: Admissions<AwsConfig, AwsRole>;
  readonly #used: PassingRecords<true>;
  readonly #bulkhead: Bulkhead;

  constructor(on: MethodDependencies, records: AwsRecords) {
    this.#on = on;
    this.#records = records;
    this.#admissions = new Admissions(records.configs, records.roles, 'aws.unconfigured');
    this.#used = new PassingRecords(on.records, 'signature');
    this.#bulkhead = new Bulkhead(on.clock, 'aws.busy');
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async login({ role: asked, ...sent }: AwsLogin, context: ReadContext) {
    const { reader, mount, now } = context;
    const config = await this.#records.configs.find(reader, mount, CONFIG);
    if (config === undefined) throw refusedLogin('aws.unconfigured');
    const request = checkedRequest(sent, config, now);
    const { address } = context.call.remote;
    const answer = await this.#bulkhead.ask({ to: request.sts.url, address }, () => this.#ask(config, request));
    const identity = callerIdentityIn(answer);
    if (identity.partition !== request.sts.partition) throw refusedLogin('aws.answer');
    // Only now: nobody learns by the clock, or without a signature of AWS, which roles there are.
    const name = asked ?? identity.name;
    const role = await this.#records.roles.find(reader, mount, name);
    if (role === undefined) throw refusedLogin('role.unknown');
    const telling = (await this.#records.identities.find(reader, mount, CONFIG)) ?? newAwsIdentityConfig;
    const confirm = (inside: ChangeContext) => this.#confirm(inside, { config, name, role }, request);
    const admitted = this.#on.logins.admit({ ...identified(identity, { name, role, telling }), confirm }, context);
    // After that, so that the event names whom AWS vouches for and the role does not admit.
    refuseUnbound(role, identity);
    // Here, so that a replay costs no transaction; the transaction decides between those that come at once.
    const isUsed = role.signaturePolicy === 'once' && (await this.#used.find(reader, mount, request.fingerprint)) !== undefined;
    if (isUsed) throw refusedLogin('aws.replayed');
    return admitted;
  }

  /** Whom it goes to is what the settings say, whatever the caller sent. */
  async #ask({ internal }: AwsConfig, { sts: { url }, host, headers, body }: CheckedRequest): Promise<string> {
    const limits = { maxBytes: MAX_ANSWER, timeoutMs: TIMEOUT_MS };
    let answer: OutgoingAnswer;
    try {
      const destination = { url, host, method: 'POST', allowPrivate: internal, allowPlain: internal } as const;
      answer = await this.#on.network.request({ ...destination, headers, body, ...limits });
    } catch {
      throw unavailableLogin('aws.unreachable');
    }
    if (answer.status !== 200) throw rejection(answer);
    if (!/^text\/xml(?:; ?charset=utf-8)?$/i.test(answer.headers['content-type'] ?? '')) throw refusedLogin('aws.answer');
    return answer.body.toString('utf8');
  }

  /** @throws WatchwordError `login.refused` where the signature was used; `store.raced` */
  async #confirm(inside: ChangeContext, admission: Admitted, { fingerprint }: CheckedRequest): Promise<void> {
    const { tx, mount, now } = inside;
    await this.#admissions.confirm(inside, admission);
    if (admission.role.signaturePolicy !== 'once') return;
    const record = { name: fingerprint, value: true, expiresAt: now + REPLAY_MS } as const;
    if (!(await this.#used.insert(tx, mount, record))) throw refusedLogin('aws.replayed');
  }
}

/** What STS says in its errors decides no more than by which word the login is refused. */
function rejection({ status, body }: OutgoingAnswer) {
  const code = /<Code>(\w{1,64})<\/Code>/.exec(body.toString('latin1'))?.[1];
  if (status >= 500 || status === 429 || code === 'Throttling') return unavailableLogin('aws.unreachable');
  return refusedLogin(code === 'ExpiredToken' ? 'aws.session-ended' : 'aws.rejected');
}

interface Admitting {
  readonly name: string;
  readonly role: AwsRole;
  readonly telling: AwsIdentityConfig;
}

function identified(identity: CallerIdentity, { name, role, telling }: Admitting): Identified {
  const { account, arn, canonicalArn, uniqueId, sessionName, partition } = identity;
  const facts = {
    account_id: account,
    auth_type: 'iam',
    canonical_arn: canonicalArn,
    client_arn: arn,
    client_user_id: uniqueId,
  };
  const known: readonly string[] = telling.iamMetadata;
  const told = Object.fromEntries(Object.entries(facts).filter(([fact]) => known.includes(fact)));
  const aliases = { role_id: name, unique_id: uniqueId, canonical_arn: canonicalArn, full_arn: arn };
  return {
    workload: {
      method: 'aws',
      subject: `aws:${partition}:${account}:${uniqueId}`,
      displayName: identity.name,
      claims: {
        account_id: account,
        arn,
        canonical_arn: canonicalArn,
        partition,
        session_name: sessionName,
        unique_id: uniqueId,
      },
    },
    role: { collection: 'role', name },
    parameters: role,
    metadata: { role_id: name, ...told },
    alias: { name: aliases[telling.iamAlias], metadata: told },
  };
}
