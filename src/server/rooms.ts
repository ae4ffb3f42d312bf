import { AttemptLimiter } from '../access/attempt-limiter.ts';
import { Authorizer } from '../access/authorizer.ts';
import { createDoor } from '../access/door.ts';
import type { Door } from '../access/door-contract.ts';
import { generationReader } from '../access/generation-table.ts';
import { Limiter } from '../access/limiter.ts';
import type { AnyOperation, Session } from '../access/operation.ts';
import { auditOperations } from '../access/operations/audit.ts';
import { capabilityOperations } from '../access/operations/capabilities.ts';
import { fallbackOperations } from '../access/operations/fallback.ts';
import { policyOperations } from '../access/operations/policies.ts';
import { sealOperations } from '../access/operations/seal.ts';
import { statusOperations } from '../access/operations/status.ts';
import { usageOperations } from '../access/operations/usage.ts';
import { Settlement } from '../access/settlement.ts';
import type { Projection } from '../audit/contract.ts';
import { decodeEvent } from '../audit/index.ts';
import { newId } from '../foundation/ids.ts';
import { nodeNetwork } from '../foundation/node-network.ts';
import type { Logger } from '../foundation/ports.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { UsageProjection } from '../inventory/index.ts';
import { createLeases, type Leases } from '../leases/index.ts';
import { createMissingMounts } from '../mounts/initial.ts';
import { mountChanges } from '../mounts/operations.ts';
import { MountRegistry, systemMount } from '../mounts/registry.ts';
import { mountViews } from '../mounts/views.ts';
import { capabilitiesOf } from '../policy/index.ts';
import { Cubbyhole, kvEngine, kvOperations } from '../store/index.ts';
import type { Configuration } from './configuration.ts';
import { keepRootToken } from './data-directory.ts';
import type { Foundations, Machine } from './foundations.ts';
import { auditGauges, processGauges } from './gauges.ts';
import { accessorMaker, initializeStore } from './initialization.ts';
import { Metrics } from './metrics.ts';
import { policyStore } from './policies.ts';
import { sealControl, type Unsealing } from './seal-control.ts';
import { ServerAddress } from './server-address.ts';
import { statusSource } from './status.ts';

/** Every room, connected. */
export interface Rooms {
  readonly foundations: Foundations;
  readonly door: Door;
  /** What the door offers. */
  readonly operations: readonly AnyOperation[];
  readonly identity: Identity;
  readonly leases: Leases;
  readonly settlement: Settlement;
  /** What reads the log from a cursor of its own, once log and database are known to fit. */
  readonly projections: readonly Projection[];
  readonly sealKind: string;
  readonly address: ServerAddress;
  /** Once the keys are there. */
  unsealed(): Promise<void>;
  /** Once log and database are known to fit each other. */
  startProjections(): void;
  /** Logs how many requests of strangers were refused without an event of their own. */
  reportStrangers(): Promise<void>;
}

export function buildRooms(foundations: Foundations, configuration: Configuration, logger: Logger, machine: Machine): Rooms {
  const { storage, keyring, audit, directory } = foundations;
  const { clock, random } = machine;
  const policies = policyStore(() => keyring.cipher(systemMount));
  const authorizer = new Authorizer(policies.get, storage.reader);
  const address = new ServerAddress(configuration);
  const registry = new MountRegistry(keyring);
  const limiter = new Limiter(clock);
  const attempts = new AttemptLimiter(clock);
  const settlement = new Settlement({ storage, audit, source: audit, clock });
  const readGenerations = generationReader(storage);
  const cubbyhole = new Cubbyhole({ storage, keyring });
  const usage = new UsageProjection({ storage, decode: decodeEvent });
  const leases = createLeases({
    storage,
    keyring,
    audit,
    network: nodeNetwork,
    clock,
    random,
    logger,
    identityTokens: {
      sign: (request) => identity.signToken(request),
      check: (request) => identity.checkSigning(request),
    },
    findMount: (id) => registry.byId(id),
    mountStands: (on, mount) => registry.stands(on, mount),
  });
  const identity: Identity = createIdentity({
    storage,
    keyring,
    random,
    clock,
    async endSession(tx, accessor) {
      await cubbyhole.purgeSession(tx, accessor);
      await leases.endSession(tx, accessor);
    },
    answers: {
      put: (tx, accessor, bytes, now) => cubbyhole.putWrapped(tx, accessor, bytes, now),
      take: (tx, accessor, now) => cubbyhole.takeWrapped(tx, accessor, now),
    },
    mayRead: (session: Session, path: string) =>
      session.root || capabilitiesOf(authorizer.policiesOf(session), path).includes('read'),
    findMount: (id) => registry.byId(id),
    mounts: () => registry.list('root'),
    network: nodeNetwork,
    logger,
    address: () => address.url,
    maySudo: (session: Session, path: string) =>
      session.root || capabilitiesOf(authorizer.policiesOf(session), path).includes('sudo'),
  });
  const { authenticator, wrapping } = identity;
  const metrics = new Metrics([...auditGauges(audit), ...processGauges()]);

  const unsealing: Unsealing = {
    async initialize(shares, threshold) {
      const keep =
        keyring.status().kind === 'static'
          ? (token: Parameters<typeof keepRootToken>[1]) => keepRootToken(directory, token)
          : undefined;
      const store = { keyring, random, createRootToken: identity.createRootToken };
      const made = await initializeStore(keep === undefined ? store : { ...store, keepRootToken: keep }, { shares, threshold });
      await unsealing.unsealed();
      return made;
    },
    async unsealed() {
      const { clusterId } = keyring.status();
      await audit.unlock({
        digestKey: keyring.instanceKey('audit-digest'),
        signingKey: keyring.signingKey(),
        origin: `watchword/${clusterId}`,
      });
      await registry.reload(storage.reader, (await readGenerations(storage.reader)).mounts);
      await storage.write(async (tx) => {
        const made = await createMissingMounts(tx, keyring, registry.list('root'), accessorMaker(random));
        if (made) await registry.renew(tx);
      });
      await leases.recover();
    },
    async sealing() {
      await audit.lock();
      keyring.seal();
      registry.clear();
      identity.clear();
      await leases.clear();
    },
  };

  const operations: AnyOperation[] = [
    ...fallbackOperations(),
    ...sealOperations(sealControl(keyring, address, unsealing)),
    ...policyOperations(policies),
    ...capabilityOperations({ authenticator, authorizer, readGenerations }),
    ...auditOperations(directory.audit),
    ...statusOperations(
      statusSource({ configuration, directory, keyring, audit, authenticator, metrics, startedAt: clock.now() }),
      authorizer,
    ),
    ...mountChanges({
      keyring,
      registry,
      engines: [kvEngine, ...identity.lifecycles, ...leases.lifecycles],
      accessor: accessorMaker(random),
    }),
    ...mountViews(registry, authorizer),
    ...kvOperations({ storage, keyring }),
    ...cubbyhole.operations(),
    ...identity.operations,
    ...leases.operations,
    ...usageOperations(usage),
  ];
  const door = createDoor({
    storage,
    keyring,
    audit,
    authenticator,
    authorizer,
    wrapping,
    mounts: registry,
    limiter,
    attempts,
    settlement,
    clock,
    logger,
    operations,
    observe: metrics.observe,
  });
  return {
    foundations,
    door,
    operations,
    identity,
    leases,
    settlement,
    projections: [usage],
    sealKind: keyring.status().kind,
    address,
    unsealed: unsealing.unsealed,
    startProjections: () => audit.addProjection(usage),
    async reportStrangers() {
      const refused = limiter.takeRefused() + attempts.takeRefused();
      if (refused === 0) return;
      logger.warn('refused requests without a valid token', { count: refused });
      await audit.append({
        phase: 'complete',
        class: 'login',
        activity: 'login',
        operation: 'door.limited',
        outcome: 'denied',
        errorCode: 'request.limited',
        time: clock.now(),
        requestId: newId(),
        namespace: 'root',
        path: '',
        facts: { refused },
      });
    },
  };
}
