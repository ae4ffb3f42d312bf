import { z } from 'zod';
import {
  type AnyOperation,
  type CallerProofs,
  type ChangeContext,
  definePreparedChange,
  type ReadContext,
} from '../../../access/operation.ts';
import { nameSchema } from '../../../foundation/bounds.ts';
import { isWatchwordError, WatchwordError } from '../../../foundation/errors.ts';
import type { MountPoint } from '../../../foundation/mount.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import type { Executor } from '../../../storage/contract.ts';
import type { IssuedToken } from '../../contract.ts';
import { refusedLogin } from '../../login-refusal.ts';
import type { Token } from '../../token.ts';
import { type Certificate, readCertificate } from '../../x509/certificate.ts';
import { DerError } from '../../x509/der.ts';
import { type CertificatePath, findPath } from '../../x509/path.ts';
import { refuseRevoked } from '../../x509/revocation.ts';
import { CONFIG } from '../config-operations.ts';
import type { MethodDependencies } from '../method.ts';
import { requireAdmitted } from './admitted-names.ts';
import { anchorsOf, type CertRole } from './cert-role.ts';
import { type Holder, identifiedHolder, subjectOf } from './holder.ts';
import { type KeptLists, listsOf } from './revocation-operations.ts';

/** What the mount says of all its roles. */
export interface CertConfig {
  /** Whether tokens are renewed without the certificate that they were given for. */
  readonly disableBinding: boolean;
}

interface Login {
  /** All roles are tried when absent. */
  readonly name?: string | undefined;
}

declare module '../../../access/operation-types.ts' {
  interface OperationTypes {
    'cert.login': { input: Login; output: IssuedToken };
  }
}

export interface CertRecords {
  readonly configs: GuardedRecords<CertConfig>;
  readonly roles: GuardedRecords<CertRole>;
  readonly lists: GuardedRecords<KeptLists>;
}

interface NamedRole {
  readonly name: string;
  readonly role: CertRole;
}

/** A client's own certificate and what it may send besides. */
const MOST_SHOWN = 8;
/** Roles that are tried for one login. */
const MOST_TRIED = 64;

export class CertLogins {
  readonly #on: Pick<MethodDependencies, 'logins'>;
  readonly #records: CertRecords;

  constructor(on: Pick<MethodDependencies, 'logins'>, records: CertRecords) {
    this.#on = on;
    this.#records = records;
  }

  operations(): AnyOperation[] {
    return [
      definePreparedChange<'cert.login'>({
        name: 'cert.login',
        summary: 'Log in with the client certificate of the connection.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ name: nameSchema.optional() }),
        attempt: { of: ({ name = '' }) => name, guessable: false },
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: ['name'] },
        prepare: (input, context) => this.#login(input, context),
      }),
    ];
  }

  async #login({ name = '' }: Login, context: ReadContext) {
    const { reader, mount, now } = context;
    const shown = readShown(context.call.proofs);
    const { kept, lists } = await listsOf(this.#records.lists, reader, context);
    const roles = await this.#candidates(name, reader, mount);
    const {
      name: found,
      role,
      ...holder
    } = firstThatAdmits(roles, (candidate) => holderOf(candidate.role, shown, { lists, now }));
    const identified = {
      ...identifiedHolder({ name: found, role }, holder),
      confirm: (inside: ChangeContext) => this.#confirm(inside, { name: found, role, kept }),
    };
    return this.#on.logins.admit(identified, context);
  }

  async #candidates(name: string, on: Executor, mount: MountPoint): Promise<readonly NamedRole[]> {
    const names = name === '' ? await this.#records.roles.names(on, mount) : [name];
    if (names.length > MOST_TRIED) throw refusedLogin('cert.name-needed');
    const roles: NamedRole[] = [];
    for (const candidate of names) {
      const role = await this.#records.roles.find(on, mount, candidate);
      if (role !== undefined) roles.push({ name: candidate, role });
    }
    if (roles.length === 0) throw refusedLogin('role.unknown');
    return roles;
  }

  async #confirm({ tx, mount }: ChangeContext, { name, role, kept }: NamedRole & { kept: KeptLists | undefined }): Promise<void> {
    const same = (await this.#records.roles.find(tx, mount, name)) === role;
    if (!same || (await listsOf(this.#records.lists, tx, { mount })).kept !== kept) throw new WatchwordError('store.raced');
  }

  /** As Vault does it, unless the mount says otherwise: who renews shows a certificate of the same holder, which is still good. */
  async confirmRenewal({ login, subject }: Token, mount: MountPoint, context: ChangeContext): Promise<void> {
    const { tx, now, call } = context;
    const config = await this.#records.configs.find(tx, mount, CONFIG);
    const role = await this.#records.roles.find(tx, mount, login?.name ?? '');
    if (config?.disableBinding === true || role === undefined) return;
    const { lists } = await listsOf(this.#records.lists, tx, { mount });
    try {
      const holder = holderOf(role, readShown(call.proofs), { lists, now });
      if (subjectOf(holder) === subject) return;
    } catch (error) {
      if (!isWatchwordError(error, 'login.refused')) throw error;
    }
    throw new WatchwordError('token.invalid', 'not renewing: the connection does not show the client certificate of the login');
  }
}

type Shown = readonly [leaf: Certificate, ...Certificate[]];

/** @throws WatchwordError `login.refused` */
function readShown(proofs: CallerProofs | undefined): Shown {
  const all = proofs?.certificates() ?? [];
  if (all.length > MOST_SHOWN) throw refusedLogin('x509.too-many');
  try {
    const [leaf, ...others] = all.map(readCertificate);
    if (leaf === undefined) throw refusedLogin('x509.missing');
    return [leaf, ...others];
  } catch (error) {
    if (error instanceof DerError) throw refusedLogin('x509.malformed');
    throw error;
  }
}

interface Circumstances {
  readonly lists: Parameters<typeof refuseRevoked>[1];
  readonly now: number;
}

/** @throws WatchwordError `login.refused` */
function holderOf(role: CertRole, shown: Shown, { lists, now }: Circumstances): Holder {
  const path: CertificatePath = findPath({ shown, anchors: anchorsOf(role), now });
  refuseRevoked(path, lists, now);
  return { path, spiffeId: requireAdmitted(role, path[0]) };
}

/** The refusal of the only role says more than that none admits the caller. @throws WatchwordError `login.refused` */
function firstThatAdmits(roles: readonly NamedRole[], holder: (candidate: NamedRole) => Holder): NamedRole & Holder {
  for (const candidate of roles) {
    try {
      return { ...candidate, ...holder(candidate) };
    } catch (error) {
      if (!isWatchwordError(error, 'login.refused') || roles.length === 1) throw error;
    }
  }
  throw refusedLogin('cert.no-role');
}
