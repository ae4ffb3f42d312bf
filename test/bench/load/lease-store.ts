import { randomBase62 } from '../../../src/foundation/ids.ts';
import { systemRandom } from '../../../src/foundation/node-ports.ts';
import { silentLogger } from '../../../src/foundation/ports.ts';
import type { Lease } from '../../../src/leases/lease.ts';
import { Ledger } from '../../../src/leases/ledger.ts';
import { ExternalNames } from '../../../src/leases/naming.ts';
import { checkedConfiguration } from '../../../src/server/configuration.ts';
import { openFoundations, realMachine } from '../../../src/server/foundations.ts';

const BATCH = 2000;
const PROGRESS_EVERY = 20_000;
const WORKLOADS = 300;

export interface FilledLeases {
  readonly seconds: number;
  /** What they are called at their target. */
  readonly names: readonly string[];
}

interface Filling {
  readonly mountId: string;
  readonly count: number;
  /** Milliseconds since the epoch, of the lease with this number. */
  readonly endsAt: (number: number) => number;
}

/** Puts leases of the connection `bench` into the store of a server that is not running, as issuing would have left them. */
export async function fillLeases(dataDirectory: string, { mountId, count, endsAt }: Filling): Promise<FilledLeases> {
  const began = performance.now();
  const names: string[] = [];
  await withLedger(dataDirectory, async ({ storage, keyring, ledger }) => {
    const external = new ExternalNames(keyring);
    for (let made = 0; made < count; made += BATCH) {
      await storage.write(async (tx) => {
        for (let number = made; number < Math.min(count, made + BATCH); number++) {
          const id = `database/creds/bench/${randomBase62(systemRandom, 24)}`;
          const lease = leaseOf({ id, externalName: external.of(id), mountId, expiresAt: endsAt(number), number });
          names.push(lease.externalName);
          await ledger.begin(tx, lease, { dueAt: lease.expiresAt, retryKey: undefined });
          await ledger.activate(tx, lease);
        }
      });
      if (made % PROGRESS_EVERY === 0 && process.stderr.isTTY) process.stderr.write(`\r${made} of ${count} leases `);
    }
  });
  return { seconds: (performance.now() - began) / 1000, names };
}

/** Milliseconds that each of so many looks for due leases takes. */
export async function timeDueLooks(dataDirectory: string, looks: number): Promise<readonly number[]> {
  const took: number[] = [];
  await withLedger(dataDirectory, async ({ storage, ledger }) => {
    for (let look = 0; look < looks; look++) {
      const began = performance.now();
      for (const target of await ledger.queue.targets(storage.reader)) {
        await ledger.queue.due(storage.reader, target, Date.now(), 64);
      }
      took.push(performance.now() - began);
    }
  });
  return took;
}

async function withLedger(
  dataDirectory: string,
  work: (on: Pick<Awaited<ReturnType<typeof openFoundations>>, 'storage' | 'keyring'> & { ledger: Ledger }) => Promise<void>,
): Promise<void> {
  const configuration = checkedConfiguration({ dataDir: dataDirectory });
  const { storage, keyring, audit } = await openFoundations(configuration, silentLogger, realMachine);
  try {
    await keyring.unsealUnattended();
    await work({ storage, keyring, ledger: new Ledger(storage, keyring) });
  } finally {
    await audit.close();
    keyring.seal();
    await storage.close();
  }
}

interface Sketch {
  readonly id: string;
  readonly externalName: string;
  readonly mountId: string;
  readonly expiresAt: number;
  readonly number: number;
}

function leaseOf({ id, externalName, mountId, expiresAt, number }: Sketch): Lease {
  const workload = `job-${number % WORKLOADS}`;
  const now = Date.now();
  return {
    id,
    externalName,
    origin: { mountId, engine: 'postgresql', connection: 'bench', version: 1, role: 'bench' },
    holder: { method: 'kubernetes', id: workload, displayName: workload, session: `session-${number % WORKLOADS}` },
    role: {
      creationStatements: ['CREATE ROLE {{name}} LOGIN'],
      revocationStatements: [],
      renewStatements: [],
      rollbackStatements: [],
      ownedObjectsTo: '',
    },
    ttl: 3600,
    issuedAt: now,
    renewedAt: undefined,
    expiresAt,
    maxExpiresAt: expiresAt + 3_600_000,
    renewable: true,
    material: undefined,
    handle: {},
    kept: undefined,
  };
}
