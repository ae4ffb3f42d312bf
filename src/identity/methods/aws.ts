import { z } from 'zod';
import { type AnyOperation, type ChangeContext, definePreparedChange, type ReadContext } from '../../access/operation.ts';
import { secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { OutgoingAnswer } from '../../foundation/ports.ts';
import { GuardedRecords, PassingRecords } from '../auth-records.ts';
import type { IssuedToken } from '../contract.ts';
import { refusedLogin, unavailableLogin } from '../login-refusal.ts';
import type { Identified } from '../logins/logins.ts';
import { type CallerIdentity, callerIdentityIn } from './aws/caller-identity.ts';
import { awsReasons } from './aws/reasons.ts';
import {
  type AwsConfig,
  type AwsRole,
  awsConfigFields,
  awsRoleFields,
  checkAwsRole,
  checkedAwsConfig,
  lintAwsRole,
  newAwsConfig,
  newAwsRole,
  stsOf,
} from './aws/settings.ts';
import { type CheckedRequest, checkedRequest, type SentRequest } from './aws/signed-request.ts';
import { CONFIG, type ConfigOperationTypes, configOperations } from './config-operations.ts';
import type { AuthMethod, MethodDependencies } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

interface Login extends SentRequest {
  /** By default the name of the principal, as in Vault. */
  readonly role?: string | undefined;
}

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'aws.roles', AwsRole>, ConfigOperationTypes<'aws.config', AwsConfig> {
    'aws.login': { input: Login; output: IssuedToken };
  }
}

/** Principals of AWS, by a request to STS that they signed for us to send. */
export const awsMethod: AuthMethod = {
  kind: 'aws',
  summary: 'roles and users of AWS, by a signed GetCallerIdentity',
  vouching: 'platform',
  reasons: awsReasons,
  lint: (role) => lintAwsRole(role as AwsRole),
  operations(on) {
    const configs = new GuardedRecords<AwsConfig>(on.records, 'config');
    const roles = new GuardedRecords<AwsRole>(on.records, 'role');
    return [
      ...configOperations<AwsConfig>({
        prefix: 'aws.config',
        path: 'config/client',
        records: configs,
        fields: awsConfigFields,
        initial: newAwsConfig,
        clear: ['iamServerIdHeaderValue', 'stsRegion', 'stsEndpoint', 'internal'],
        check: checkedAwsConfig,
      }),
      ...roleOperations<AwsRole>({
        prefix: 'aws.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: awsRoleFields,
        initial: newAwsRole,
        clear: ['policies', 'boundIamPrincipalArn', 'boundIamPrincipalId', 'boundAccountId', 'owner'],
        check: checkAwsRole,
      }),
      ...new AwsLogins(on, configs, roles).operations(),
    ];
  },
};

const MAX_ANSWER = 16 * 1024;
const TIMEOUT_MS = 10_000;
/** A signature is good for a quarter of an hour on either side of our clock. */
const REPLAY_MS = 31 * 60_000;

class AwsLogins {
  readonly #on: MethodDependencies;
  readonly #configs: GuardedRecords<AwsConfig>;
  readonly #roles: GuardedRecords<AwsRole>;
  readonly #used: PassingRecords<true>;

  constructor(on: MethodDependencies, configs: GuardedRecords<AwsConfig>, roles: GuardedRecords<AwsRole>) {
    this.#on = on;
    this.#configs = configs;
    this.#roles = roles;
    this.#used = new PassingRecords(on.records, 'signature');
  }

  operations(): AnyOperation[] {
    const text = z.string().max(4096);
    return [
      definePreparedChange<'aws.login'>({
        name: 'aws.login',
        summary: 'Log in with a signed request to STS.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ role: z.string().max(256).optional(), method: text, url: text, body: text, headers: secretSchema }),
        attempt: ({ role = '' }) => role,
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: ['role'] },
        prepare: (input, context) => this.#login(input, context),
      }),
    ];
  }

  async #login(input: Login, context: ReadContext) {
    const { reader, mount, now } = context;
    const config = await this.#configs.find(reader, mount, CONFIG);
    if (config === undefined) throw refusedLogin('aws.unconfigured');
    // Before AWS is asked: who names no role that there is costs nobody a request.
    if (input.role !== undefined && (await this.#roles.find(reader, mount, input.role)) === undefined) {
      throw refusedLogin('role.unknown');
    }
    const request = checkedRequest(input, config, now);
    const identity = callerIdentityIn(await this.#ask(config, request));
    const name = input.role ?? identity.name;
    const role = await this.#roles.find(reader, mount, name);
    if (role === undefined) throw refusedLogin('role.unknown');
    const confirm = (inside: ChangeContext) => this.#confirm(inside, { name, role, request });
    const admitted = this.#on.logins.admit({ ...identified(identity, name, role), confirm }, context);
    refuseUnbound(role, identity);
    return admitted;
  }

  /** Whom it goes to is what the settings say, whatever the caller sent. */
  async #ask(config: AwsConfig, { host, headers, body }: CheckedRequest): Promise<string> {
    const { url } = stsOf(config);
    const { internal } = config;
    const limits = { maxBytes: MAX_ANSWER, timeoutMs: TIMEOUT_MS };
    let answer: OutgoingAnswer;
    try {
      const destination = { url, host, method: 'POST', allowPrivate: internal, allowPlain: internal } as const;
      answer = await this.#on.network.request({ ...destination, headers, body, ...limits });
    } catch {
      throw unavailableLogin('aws.unreachable');
    }
    if (answer.status >= 500) throw unavailableLogin('aws.unreachable');
    if (answer.status !== 200) throw refusedLogin('aws.rejected');
    if (!/^text\/xml(?:; ?charset=utf-8)?$/i.test(answer.headers['content-type'] ?? '')) throw refusedLogin('aws.answer');
    return answer.body.toString('utf8');
  }

  async #confirm(
    { tx, mount, now }: ChangeContext,
    { name, role, request }: { name: string; role: AwsRole; request: CheckedRequest },
  ): Promise<void> {
    if ((await this.#roles.find(tx, mount, name)) !== role) throw new WatchwordError('store.raced');
    const record = { name: request.fingerprint, value: true, expiresAt: now + REPLAY_MS } as const;
    if (!(await this.#used.insert(tx, mount, record))) throw refusedLogin('aws.replayed');
  }
}

function refuseUnbound(role: AwsRole, { account, canonicalArn, arn, uniqueId }: CallerIdentity): void {
  if (role.boundAccountId.length > 0 && !role.boundAccountId.includes(account)) throw refusedLogin('aws.account');
  const { boundIamPrincipalArn: arns, boundIamPrincipalId: ids } = role;
  if (ids.length > 0 && !ids.includes(uniqueId)) throw refusedLogin('aws.arn');
  if (arns.length > 0 && !arns.some((bound) => admits(bound, canonicalArn) || admits(bound, arn))) throw refusedLogin('aws.arn');
}

/** STS drops the path of a role, so a bound ARN with one means the role of that name. */
function admits(bound: string, arn: string): boolean {
  const plain = bound.replace(/^(arn:[a-z-]+:iam::\d{12}:role\/)(?:[^*]*\/)?/, '$1');
  return plain.endsWith('*') ? arn.startsWith(plain.slice(0, -1)) : plain === arn;
}

function identified(identity: CallerIdentity, name: string, role: AwsRole): Identified {
  const { account, arn, canonicalArn, uniqueId, sessionName, partition } = identity;
  const metadata = {
    account_id: account,
    auth_type: 'iam',
    canonical_arn: canonicalArn,
    client_arn: arn,
    client_user_id: uniqueId,
  };
  return {
    workload: {
      method: 'aws',
      subject: `aws:${partition}:${account}:${uniqueId}`,
      displayName: identity.name,
      claims: { account_id: account, principal: canonicalArn, unique_id: uniqueId, session_name: sessionName },
    },
    role: { collection: 'role', name },
    parameters: role,
    metadata: { role_id: name, ...metadata },
    alias: { name: uniqueId, metadata: { account_id: account, canonical_arn: canonicalArn } },
  };
}
