import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../testing/server.ts';
import type { Bench, BenchResult } from './bench.ts';
import { type Anchor, startAnchor } from './load/anchor-process.ts';
import { fillStore } from './load/filled-store.ts';
import { CONNECTIONS, generatorName, type Load } from './load/generator.ts';
import { median, residentMiB, syncLatency } from './load/machine.ts';
import { mean, rounded, type Trial, trial } from './load/trial.ts';

const STARTS = 3;
const repository = join(import.meta.dirname, '../..');

interface Settings {
  readonly secrets: number;
  readonly seconds: number;
}

/**
 * Audited, policy-checked reads and writes against a bare HTTP server, measured before and after each of them.
 * `--secrets N` and `--seconds N` make it quick; `--data-dir DIR` keeps the store, so that the next run need not fill it.
 */
const bench: Bench = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      secrets: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '8' },
      'data-dir': { type: 'string' },
    },
  });
  const settings = { secrets: Number(values.secrets), seconds: Number(values.seconds) };
  // In the repository, since a temporary directory may lie in memory.
  const dataDirectory = values['data-dir'] ?? (await mkdtemp(join(repository, '.bench-')));
  try {
    return await measure(dataDirectory, settings);
  } finally {
    if (values['data-dir'] === undefined) await rm(dataDirectory, { recursive: true, force: true });
  }
};

export default bench;

async function measure(dataDirectory: string, settings: Settings): Promise<BenchResult> {
  const { secrets, seconds } = settings;
  const load = loadavg()[0] ?? 0;
  const anchor = await startAnchor();
  const lister = await startAnchor('--list');
  let server = await startServer({ dataDirectory });
  try {
    const { tokens, importSeconds } = await fillStore(server, secrets);
    const onServer = (kind: Load['kind'], more: Partial<Load> = {}) =>
      trial(`${kind}s`, server.process.pid, { url: server.url, kind, seconds, tokens, secrets, ...more });
    const onAnchor = () => trial('anchor', anchor.pid, { url: anchor.url, kind: 'constant', seconds });

    await onServer('read');
    const anchors = [await onAnchor()];
    const reads = await onServer('read');
    anchors.push(await onAnchor());
    const writes = await onServer('write');
    anchors.push(await onAnchor());
    const half = await onServer('read', { thinkMs: Math.round((2 * CONNECTIONS * 1000) / reads.rate - reads.p50) });
    const halfWrites = await onServer('write', { thinkMs: Math.round((2 * CONNECTIONS * 1000) / writes.rate - writes.p50) });
    const memory = residentMiB(server.process.pid ?? 0);
    const listing = await compareListing(anchor, lister, seconds);
    const starts = [];
    for (let i = 0; i < STARTS; i++) {
      await server.stop();
      const began = performance.now();
      server = await startServer({ dataDirectory });
      const health = await fetch(`${server.url}/v1/sys/health`);
      if (health.status !== 200) throw new Error(`health gave ${health.status}`);
      starts.push(performance.now() - began);
    }
    const rate = mean(anchors.map((one) => one.rate));
    const anchorCpu = mean(anchors.map((one) => one.cpu));
    return {
      ratios: {
        'reads / anchor': reads.rate / mean([anchors[0]?.rate ?? 0, anchors[1]?.rate ?? 0]),
        'writes / anchor': writes.rate / mean([anchors[1]?.rate ?? 0, anchors[2]?.rate ?? 0]),
        'CPU of a read / anchor': reads.cpu / anchorCpu,
        'CPU of a write / anchor': writes.cpu / anchorCpu,
        'CPU of a GET with LIST accepted / without': listing,
      },
      figures: {
        'load generator': { value: CONNECTIONS, unit: `connections of ${generatorName}` },
        secrets: { value: secrets, unit: 'secrets of 1 KiB' },
        'load average before': rounded(load, 'processes'),
        'fdatasync of this disk, median': rounded(syncLatency(dataDirectory), 'ms'),
        'anchor rate': rounded(rate, 'requests/s'),
        'anchor CPU': rounded(anchorCpu, 'µs/request'),
        ...figuresOf('read', reads, half),
        ...figuresOf('write', writes, halfWrites),
        'resident memory after the load': rounded(memory, 'MiB'),
        'start, exec to first answer': rounded(median(starts), 'ms'),
        ...(importSeconds === 0 ? {} : { 'import rate': rounded(secrets / importSeconds, 'secrets/s') }),
      },
    };
  } finally {
    await server.stop();
    anchor.stop();
    lister.stop();
  }
}

function figuresOf(name: string, full: Trial, half: Trial): BenchResult['figures'] {
  return {
    [`${name} rate`]: rounded(full.rate, 'requests/s'),
    [`${name} CPU`]: rounded(full.cpu, 'µs/request'),
    [`${name} p50`]: rounded(full.p50, 'ms'),
    [`${name} p99`]: rounded(full.p99, 'ms'),
    [`${name} rate at half load`]: rounded(half.rate, 'requests/s'),
    [`${name} p50 at half load`]: rounded(half.p50, 'ms'),
    [`${name} p99 at half load`]: rounded(half.p99, 'ms'),
  };
}

/** CPU of a plain GET on a server that accepts LIST, against one that does not; in turns, so that drift hits both. */
async function compareListing(without: Anchor, accepting: Anchor, seconds: number): Promise<number> {
  const cpu: Record<string, number[]> = { without: [], accepting: [] };
  for (let round = 0; round < 2; round++) {
    for (const [name, anchor] of Object.entries({ without, accepting })) {
      const { cpu: spent } = await trial(`GET, LIST ${name}`, anchor.pid, { url: anchor.url, kind: 'constant', seconds });
      cpu[name]?.push(spent);
    }
  }
  return mean(cpu['accepting'] ?? []) / mean(cpu['without'] ?? []);
}
