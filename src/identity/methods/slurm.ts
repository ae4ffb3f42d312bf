import { z } from 'zod';
import {
  type AnyOperation,
  type ChangeContext,
  definePreparedChange,
  defineRead,
  type ReadContext,
} from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';
import { GuardedRecords, PassingRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import { type RefusalReasons, refusedLogin } from '../login-refusal.ts';
import type { Identified } from '../logins/logins.ts';
import { CONFIG, type ConfigOperationTypes, configOperations } from './config-operations.ts';
import type { AuthMethod, MethodDependencies } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';
import { NONCE_LIFETIME, Nonces } from './slurm/nonce.ts';
import {
  checkedSlurmConfig,
  checkSlurmRole,
  issuerOf,
  lintSlurmRole,
  newSlurmRole,
  type SlurmConfig,
  type SlurmRole,
  slurmConfigFields,
  slurmRoleFields,
} from './slurm/settings.ts';
import { type JobStatement, statementIn } from './slurm/statement.ts';

interface Login {
  readonly role: string;
  /** What the node's agent signed. */
  readonly jwt: Secret;
}

declare module '../../access/operation-types.ts' {
  interface OperationTypes
    extends RoleOperationTypes<'slurm.roles', SlurmRole>,
      ConfigOperationTypes<'slurm.config', SlurmConfig> {
    'slurm.nonce': { input: Record<string, never>; output: { nonce: string; audience: string; ttl: number } };
    'slurm.login': { input: Login; output: IssuedToken };
    'slurm.ended': { input: { jwt: Secret }; output: { revoked: number } };
  }
}

const reasons: RefusalReasons = {
  'slurm.unconfigured': 'The mount has no cluster and no agent keys yet.',
  'slurm.statement': 'What the agent signed does not have the form of a statement about a job.',
  'slurm.state': 'The statement is not about a running job.',
  'slurm.nonce': 'The nonce is not one of this mount, or is too old.',
  'slurm.nonce-used': 'The nonce was used for another login.',
  'slurm.user': 'The role does not admit the user of the job.',
  'slurm.account': 'The role does not admit the account of the job.',
  'slurm.partition': 'The role does not admit the partition of the job.',
  'slurm.over': "The job's time is over.",
};

/** Jobs of a SLURM cluster, vouched for by the agent of their node. */
export const slurmMethod: AuthMethod = {
  kind: 'slurm',
  summary: 'jobs of a SLURM cluster: MUNGE proves the user, the controller that the job runs',
  vouching: 'platform',
  reasons,
  lint: (role) => lintSlurmRole(role as SlurmRole),
  operations(on) {
    const configs = new GuardedRecords<SlurmConfig>(on.records, 'config');
    const roles = new GuardedRecords<SlurmRole>(on.records, 'role');
    return [
      ...configOperations<SlurmConfig>({
        prefix: 'slurm.config',
        path: 'config',
        records: configs,
        fields: slurmConfigFields,
        initial: { cluster: '', audience: '', agentKeys: [] },
        clear: ['cluster', 'audience'],
        check: checkedSlurmConfig,
      }),
      ...roleOperations<SlurmRole>({
        prefix: 'slurm.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: slurmRoleFields,
        initial: newSlurmRole,
        clear: ['policies', 'boundUsers', 'boundUids', 'boundAccounts', 'boundPartitions', 'owner'],
        check: checkSlurmRole,
      }),
      ...new SlurmLogins(on, configs, roles).operations(),
    ];
  },
};

class SlurmLogins {
  readonly #on: MethodDependencies;
  readonly #configs: GuardedRecords<SlurmConfig>;
  readonly #roles: GuardedRecords<SlurmRole>;
  readonly #nonces: Nonces;
  readonly #used: PassingRecords<true>;

  constructor(on: MethodDependencies, configs: GuardedRecords<SlurmConfig>, roles: GuardedRecords<SlurmRole>) {
    this.#on = on;
    this.#configs = configs;
    this.#roles = roles;
    this.#nonces = new Nonces(on);
    this.#used = new PassingRecords(on.records, 'nonce');
  }

  operations(): AnyOperation[] {
    const event = { class: 'login', activity: 'login' } as const;
    return [
      defineRead<'slurm.nonce'>({
        name: 'slurm.nonce',
        summary: 'Give a nonce that a job puts into its MUNGE credential.',
        authentication: 'none',
        capability: 'update',
        input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
        path: (_input, mount) => `${mount.path}nonce`,
        event: { class: 'login', activity: 'other', clear: [] },
        perform: async (_input, context) => {
          const { audience } = await this.#configured(context);
          return { nonce: this.#nonces.make(context.mount.id, context.now), audience, ttl: NONCE_LIFETIME };
        },
      }),
      definePreparedChange<'slurm.login'>({
        name: 'slurm.login',
        summary: 'Log in as a job, with what the agent of its node signed.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ role: nameSchema, jwt: secretSchema }),
        attempt: { of: ({ role }) => role, guessable: false },
        path: (_input, mount) => `${mount.path}login`,
        event: { ...event, clear: ['role'] },
        prepare: (input, context) => this.#login(input, context),
      }),
      definePreparedChange<'slurm.ended'>({
        name: 'slurm.ended',
        summary: 'End the tokens of a job that has ended, at the word of its cluster.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ jwt: secretSchema }),
        attempt: { of: () => 'ended', guessable: false },
        path: (_input, mount) => `${mount.path}ended`,
        event: { class: 'login', activity: 'logout', clear: [] },
        prepare: ({ jwt }, context) => this.#ended(jwt, context),
      }),
    ];
  }

  async #login({ role: name, jwt }: Login, context: ReadContext) {
    const config = await this.#configured(context);
    const role = await this.#roles.find(context.reader, context.mount, name);
    if (role === undefined) throw refusedLogin('role.unknown');
    const statement = await this.#verified(jwt, config);
    const { job, nonce } = statement;
    if (job.state !== 'RUNNING') throw refusedLogin('slurm.state');
    const nonceEndsAt = this.#nonces.check(context.mount.id, nonce ?? '', context.now);
    if (nonce === undefined || nonceEndsAt === undefined) throw refusedLogin('slurm.nonce');
    if (job.endsAt !== undefined && job.endsAt <= context.now) throw refusedLogin('slurm.over');
    const identified = {
      ...identifiedJob(config, { name, role }, statement),
      confirm: (inside: ChangeContext) => this.#confirm(inside, { name, role, nonce, nonceEndsAt }),
    };
    const admitted = this.#on.logins.admit(identified, context);
    refuseUnbound(role, statement);
    // Here, so that a replay costs no transaction; the transaction decides between those that come at once.
    if ((await this.#used.find(context.reader, context.mount, nonce)) !== undefined) throw refusedLogin('slurm.nonce-used');
    return admitted;
  }

  async #confirm({ tx, mount }: ChangeContext, { name, role, nonce, nonceEndsAt }: Used): Promise<void> {
    if ((await this.#roles.find(tx, mount, name)) !== role) throw new WatchwordError('store.raced');
    const first = await this.#used.insert(tx, mount, { name: nonce, value: true, expiresAt: nonceEndsAt });
    if (!first) throw refusedLogin('slurm.nonce-used');
  }

  async #ended(jwt: Secret, context: ReadContext) {
    const config = await this.#configured(context);
    const { job } = await this.#verified(jwt, config);
    if (job.state !== 'ENDED') throw refusedLogin('slurm.state');
    context.note({ cluster: config.cluster, job: job.id });
    return async ({ tx, mount, note }: ChangeContext) => {
      const revoked = await this.#on.revokeSubject(tx, mount.id, subjectOf(config, job));
      note({ revoked });
      return { revoked };
    };
  }

  async #verified(jwt: Secret, config: SlurmConfig): Promise<JobStatement> {
    const rules = { audiences: [config.audience], maxLifetime: 300, audienceMode: 'only' } as const;
    const { claims } = await this.#on.jwt.verify(jwt, issuerOf(config), rules);
    const statement = statementIn(claims);
    if (statement === undefined) throw refusedLogin('slurm.statement');
    return statement;
  }

  async #configured({ reader, mount }: ReadContext): Promise<SlurmConfig> {
    const config = await this.#configs.find(reader, mount, CONFIG);
    if (config === undefined) throw refusedLogin('slurm.unconfigured');
    return config;
  }
}

interface Used {
  readonly name: string;
  readonly role: SlurmRole;
  readonly nonce: string;
  readonly nonceEndsAt: number;
}

/** All runs of a job are one subject: the end of the job is the end of them all, and job ids come again only after years. */
function subjectOf({ cluster }: SlurmConfig, { id }: JobStatement['job']): string {
  return `slurm:${cluster}:job:${id}`;
}

function refuseUnbound({ boundUsers, boundUids, boundAccounts, boundPartitions }: SlurmRole, { job }: JobStatement): void {
  const admits = <Value>(bound: readonly Value[], value: Value) => bound.length === 0 || bound.includes(value);
  if (!admits(boundUsers, job.user) || !admits(boundUids, job.uid)) throw refusedLogin('slurm.user');
  if (!admits(boundAccounts, job.account)) throw refusedLogin('slurm.account');
  if (!admits(boundPartitions, job.partition)) throw refusedLogin('slurm.partition');
}

function identifiedJob(
  config: SlurmConfig,
  { name, role }: { name: string; role: SlurmRole },
  { job }: JobStatement,
): Identified {
  const metadata = {
    cluster: config.cluster,
    job_id: String(job.id),
    user: job.user,
    uid: String(job.uid),
    account: job.account,
    partition: job.partition,
  };
  return {
    workload: {
      method: 'slurm',
      subject: subjectOf(config, job),
      displayName: `${job.user}-${job.id}`,
      claims: metadata,
      cluster: config.cluster,
    },
    role: { collection: 'role', name },
    parameters: role,
    metadata: { role: name, ...metadata },
    // Jobs come and go; who stays is their user.
    alias: { name: `${config.cluster}/${job.uid}`, metadata: { user: job.user } },
    endsAt: job.endsAt,
  };
}
