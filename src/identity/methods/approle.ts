import { z } from 'zod';
import { type AnyOperation, type ChangeContext, definePreparedChange, type ReadContext } from '../../access/operation.ts';
import { secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import { Secret } from '../../foundation/secret.ts';
import { GuardedRecords, PassingRecords } from '../../keyring/mount-records.ts';
import { Networks } from '../addresses.ts';
import type { IssuedToken } from '../contract.ts';
import { type RefusalReasons, refusedLogin } from '../login-refusal.ts';
import { subjectByName } from '../logins/workload.ts';
import { fieldOperations } from './approle/field-operations.ts';
import { secretIdOperations } from './approle/secret-id-operations.ts';
import { type SecretIdEnd, SecretIds } from './approle/secret-ids.ts';
import { type ApproleRole, approleFields, checkApprole, lintApprole, newApprole } from './approle/settings.ts';
import type { AuthMethod, MethodDependencies } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

interface Login {
  readonly roleId: string;
  readonly secretId?: Secret | undefined;
}

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'approle.roles', ApproleRole> {
    'approle.login': { input: Login; output: IssuedToken };
  }
}

const reasons: RefusalReasons = {
  'approle.secret-id-missing': 'The role needs a secret id, and none was sent.',
  'approle.secret-id': 'There is no such secret id at the role, or it ended more than an hour ago.',
  'approle.secret-id-expired': 'The time of the secret id is over.',
  'approle.secret-id-used-up': 'The secret id was used as often as it may be: somebody else may have it.',
  'approle.secret-id-destroyed': 'The secret id was destroyed, and somebody still uses it.',
  'approle.secret-id-address': 'The secret id may not be used from this address.',
};

const refusals: Readonly<Record<SecretIdEnd, string>> = {
  unknown: 'approle.secret-id',
  expired: 'approle.secret-id-expired',
  'used-up': 'approle.secret-id-used-up',
  destroyed: 'approle.secret-id-destroyed',
};

/** Programs that were handed a secret id: for where no platform vouches for them. */
export const approleMethod: AuthMethod = {
  kind: 'approle',
  summary: 'role id and secret id, handed to the program beforehand',
  vouching: 'long-lived',
  reasons,
  lint: (role) => lintApprole(role as ApproleRole),
  operations: (on) => new Approle(on).operations(),
};

class Approle {
  readonly #on: MethodDependencies;
  readonly #roles: GuardedRecords<ApproleRole>;
  /** Role id → name of the role. */
  readonly #roleIds: PassingRecords<string>;
  readonly #secrets: SecretIds;

  constructor(on: MethodDependencies) {
    this.#on = on;
    this.#roles = new GuardedRecords(on.records, 'role');
    this.#roleIds = new PassingRecords(on.records, 'role-id');
    this.#secrets = new SecretIds(on.keyring, on.records);
  }

  operations(): AnyOperation[] {
    return [
      ...roleOperations<ApproleRole>({
        prefix: 'approle.roles',
        noun: 'role',
        path: 'role',
        records: this.#roles,
        fields: approleFields,
        initial: newApprole,
        nameOf: (name) => name.toLowerCase(),
        clear: ['policies', 'bindSecretId', 'owner'],
        complete: (role) => (role.roleId === '' ? { ...role, roleId: newId() } : role),
        check: checkApprole,
        changed: (name, roles, context) => this.#index(name, roles, context),
      }),
      ...fieldOperations(this.#roles, (name, roles, context) => this.#index(name, roles, context)),
      ...secretIdOperations(this.#roles, this.#secrets),
      definePreparedChange<'approle.login'>({
        name: 'approle.login',
        summary: 'Log in with role id and secret id.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ roleId: z.string().min(1).max(256), secretId: secretSchema.optional() }),
        // Operators may choose secret ids, and roles without one are proven by their role id alone.
        attempt: { of: ({ roleId }) => roleId, guessable: true },
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: [] },
        prepare: (input, context) => this.#login(input, context),
      }),
    ];
  }

  /** Role ids lead to their roles, and with a role go its role id and its secret ids. */
  async #index(name: string, { before, now }: Roles, context: ChangeContext): Promise<void> {
    const { tx, mount } = context;
    if (before?.roleId === now?.roleId) return;
    if (before !== undefined) {
      await this.#roleIds.remove(tx, mount, before.roleId);
      // Operators may choose role ids: another role could be given this one.
      await this.#on.logins.forget(before.roleId, context);
    }
    if (now === undefined) return await this.#secrets.removeAll(tx, mount, name);
    if (!(await this.#roleIds.insert(tx, mount, { name: now.roleId, value: name, expiresAt: undefined }))) {
      throw new WatchwordError('login.invalid', 'the role id belongs to another role', { where: 'role_id' });
    }
  }

  /** The same look-ups whatever there is: who guesses learns nothing from the time that it takes. */
  async #login({ roleId, secretId }: Login, context: ReadContext) {
    const { reader, mount, now, call } = context;
    const name = (await this.#roleIds.find(reader, mount, roleId)) ?? `?${roleId}`;
    const role = await this.#roles.find(reader, mount, name);
    const named = { role: name, secret: secretId ?? Secret.fromText(newId()) };
    const found = await this.#secrets.find(reader, mount, named, now);
    if (role === undefined || role.roleId !== roleId) throw refusedLogin('role.unknown');
    if (role.bindSecretId) {
      if (secretId === undefined) throw refusedLogin('approle.secret-id-missing');
      if (typeof found === 'string') throw refusedLogin(refusals[found]);
    }
    const secret = role.bindSecretId && typeof found !== 'string' ? found : undefined;
    for (const cidrs of [role.secretIdBoundCidrs, secret?.cidrs ?? []]) {
      if (cidrs.length > 0 && !new Networks(cidrs).includes(call.remote.address)) throw refusedLogin('approle.secret-id-address');
    }
    const confirm = async (inside: ChangeContext) => {
      if ((await this.#roles.find(inside.tx, mount, name)) !== role) throw new WatchwordError('store.raced');
      const end = role.bindSecretId ? await this.#secrets.use(inside.tx, mount, named, inside.now) : undefined;
      if (end !== undefined) throw refusedLogin(refusals[end]);
    };
    const { metadata = {}, tokenCidrs = [] } = secret ?? {};
    return this.#on.logins.admit(
      {
        workload: {
          method: 'approle',
          subject: subjectByName(mount.id, roleId, role),
          displayName: name,
          claims: { role_name: name, ...(secret === undefined ? {} : { secret_id_accessor: secret.accessor }) },
        },
        role: { collection: 'role', name },
        parameters: tokenCidrs.length > 0 ? { ...role, boundCidrs: tokenCidrs } : role,
        metadata: { ...metadata, role_name: name },
        alias: { name: roleId, metadata: {} },
        confirm,
      },
      context,
    );
  }
}

interface Roles {
  readonly before: ApproleRole | undefined;
  readonly now: ApproleRole | undefined;
}
