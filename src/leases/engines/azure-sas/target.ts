import { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { BlobService } from './blob-service.ts';
import { type AzureSasConnection, keyBytes, serviceUrl } from './connection.ts';
import { ipRange } from './ip-range.ts';
import type { AzureSasMaterial } from './request.ts';
import type { AzureSasRole } from './role.ts';
import { serviceSas } from './signature.ts';

/** Azure keeps nothing of a signature. */
export interface AzureSasHandle {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type Ref = CredentialRef<AzureSasRole, AzureSasMaterial, AzureSasHandle>;

/** One storage account. It is asked nothing but whether what roles need is there; signatures are made here. */
export class AzureSasTarget implements Target<AzureSasRole, AzureSasMaterial, AzureSasHandle> {
  readonly #connection: AzureSasConnection;
  readonly #on: EngineDependencies;
  readonly #service: BlobService;

  constructor(connection: AzureSasConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#service = new BlobService(connection, on);
  }

  async check(roles: readonly AzureSasRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    const missing: Shortfall[] = [];
    const hierarchical = await this.#service.isHierarchical(signal);
    if (!hierarchical && roles.some(({ scope }) => scope === 'directory')) {
      const remedy = 'set scope=blob in the role, or enable the hierarchical namespace (az storage account hns-migration start)';
      missing.push({ what: 'sign for a directory: the account has no hierarchical namespace', remedy });
    }
    for (const container of new Set(roles.map((role) => role.container))) {
      if (await this.#service.hasContainer(container, signal)) continue;
      const remedy = `az storage container create --account-name ${this.#connection.account} --name ${container}`;
      missing.push({ what: `use the container ${container}`, remedy });
    }
    return missing;
  }

  async create({ lease, role, material }: Ref): Promise<Created<AzureSasHandle>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const expiresAt = wholeSeconds(lease.expiresAt);
    if (expiresAt <= this.#on.clock.now()) throw new TargetError('refused', 'it would have ended already');
    const { account, accountKey } = this.#connection;
    const key = accountKey === undefined ? undefined : keyBytes(accountKey);
    if (key === undefined) throw new TargetError('refused', 'no key of the account is configured');
    const { resource, path, permissions, startsAt } = material;
    const { container, allowedCidrs } = role;
    const addresses = allowedCidrs.map((cidr) => ipRange(cidr) ?? '').join();
    const sas = serviceSas({ account, container, resource, path, permissions, startsAt, expiresAt, addresses }, key);
    key.fill(0);
    const place = [container, ...path.split('/').filter((segment) => segment !== '')].map(encodeURIComponent).join('/');
    return {
      handle: { expiresAt },
      expiresAt,
      output: {
        account,
        endpoint: serviceUrl(this.#connection),
        container,
        path,
        permissions,
        sasToken: Secret.fromText(sas),
        url: Secret.fromText(`${serviceUrl(this.#connection)}/${place}?${sas}`),
      },
    };
  }

  /** There is nothing that could be done: a signature is good until its end, or until the key of the account is another one. */
  async revoke(): Promise<void> {}

  async probe({ lease, handle }: Ref): Promise<number> {
    return handle?.expiresAt ?? wholeSeconds(lease.expiresAt);
  }

  async close(): Promise<void> {}
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
