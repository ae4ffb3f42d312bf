import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Real components found on this machine. A test that needs one is declared by `describe.skipIf(!inject('services').curl)`. */
export interface Services {
  /** Python interpreter that imports hvac. */
  readonly hvac: string | undefined;
  /** Python interpreter that imports PyJWT with what it verifies signatures by. */
  readonly pyJwt: string | undefined;
  /** The framework of that name. */
  readonly preCommit: string | undefined;
  readonly curl: string | undefined;
  readonly openssl: string | undefined;
  readonly wrk: string | undefined;
  /** The program of `test/wire/go`, made with the official Go client of Vault. */
  readonly goClient: string | undefined;
  /** Whether a SLURM cluster of our own can be started: its daemons, munged, and root to run jobs as somebody else. */
  readonly slurm: boolean;
  /** Python interpreter that imports boto3, the client of AWS. */
  readonly boto3: string | undefined;
  /** Whether an object store of our own can be started: Ceph's monitor, OSD and gateway. */
  readonly ceph: boolean;
  /** The folder with the two programs of SPIRE. */
  readonly spire: string | undefined;
  /** Whether a small file system of our own can be mounted. */
  readonly mount: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    services: Services;
  }
}

/** How to get each; `mount` is not among them: a container may forbid it, and its tests have an injected twin. */
const remedies: Readonly<Record<Exclude<keyof Services, 'mount'>, string>> = {
  hvac: '.ci/run makes .ci-cache/python; or pip install hvac',
  pyJwt: '.ci/run makes .ci-cache/python; or pip install PyJWT cryptography',
  preCommit: '.ci/run makes .ci-cache/python; or pip install pre-commit',
  curl: 'apt-get install curl',
  openssl: 'apt-get install openssl',
  wrk: 'apt-get install wrk',
  goClient: '.ci/run builds it in .ci-cache/go-client; needs Go 1.25 or newer',
  slurm: 'apt-get install munge slurmctld slurmd slurm-client, and run as root',
  boto3: '.ci/run makes .ci-cache/python; or pip install boto3',
  ceph: 'apt-get install radosgw ceph-mon ceph-osd ceph-common',
  spire: '.ci/run builds .ci-cache/spire with Go 1.25 or newer',
};

export interface MissingService {
  readonly service: string;
  readonly remedy: string;
}

export function missingServices(services: Services): readonly MissingService[] {
  const found: Readonly<Record<string, unknown>> = { ...services };
  return Object.entries(remedies).flatMap(([service, remedy]) => (found[service] ? [] : [{ service, remedy }]));
}

const succeeds = (file: string, args: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => execFile(file, args, { timeout: 10_000 }, (error) => resolve(error === null)));

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, program);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

/** What `.ci/run` installs is taken before what else there is. */
async function preCommitFramework(): Promise<string | undefined> {
  const own = join(import.meta.dirname, '../../.ci-cache/python/bin/pre-commit');
  return (await succeeds(own, ['--version'])) ? own : onPath('pre-commit');
}

/** The first interpreter that finds these modules. */
async function pythonWith(...modules: string[]): Promise<string | undefined> {
  const found = 'import importlib.util, sys; sys.exit(None in map(importlib.util.find_spec, sys.argv[1:]))';
  const finds = ['-c', found, ...modules];
  for (const python of [join(import.meta.dirname, '../../.ci-cache/python/bin/python3'), 'python3', '/usr/bin/python3']) {
    if (await succeeds(python, finds)) return python;
  }
  return undefined;
}

async function canRunSlurm(): Promise<boolean> {
  const programs = ['munge', 'unmunge', 'sbatch', 'squeue', 'setpriv'].map(onPath);
  const daemons = ['munged', 'slurmctld', 'slurmd'].map((name) => succeeds('test', ['-x', `/usr/sbin/${name}`]));
  return process.getuid?.() === 0 && (await Promise.all([...programs, ...daemons])).every(Boolean);
}

async function canRunCeph(): Promise<boolean> {
  const programs = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin', 'setpriv'].map(onPath);
  return (await Promise.all(programs)).every(Boolean);
}

async function builtGoClient(): Promise<string | undefined> {
  const program = join(import.meta.dirname, '../../.ci-cache/go-client/logins');
  return (await succeeds('test', ['-x', program])) ? program : undefined;
}

async function spirePrograms(): Promise<string | undefined> {
  const folder = join(import.meta.dirname, '../../.ci-cache/spire');
  const both = await Promise.all(['spire-server', 'spire-agent'].map((name) => succeeds(join(folder, name), ['--version'])));
  return both.every(Boolean) && process.getuid?.() === 0 ? folder : undefined;
}

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-mount-'));
  try {
    if (!(await succeeds('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'watchword-test', folder]))) return false;
    return await succeeds('umount', [folder]);
  } finally {
    await rmdir(folder).catch(() => undefined);
  }
}

export async function findServices(): Promise<Services> {
  const [hvac, pyJwt, preCommit, curl, openssl, wrk, goClient, slurm, boto3, ceph, spire, mount] = await Promise.all([
    pythonWith('hvac'),
    pythonWith('jwt', 'cryptography'),
    preCommitFramework(),
    onPath('curl'),
    onPath('openssl'),
    onPath('wrk'),
    builtGoClient(),
    canRunSlurm(),
    pythonWith('boto3'),
    canRunCeph(),
    spirePrograms(),
    canMount(),
  ]);
  return { hvac, pyJwt, preCommit, curl, openssl, wrk, goClient, slurm, boto3, ceph, spire, mount };
}

/** Once before all tests. With REQUIRE_SERVICES=1 nothing may be skipped, so a missing one ends the run. */
export async function setup(project: TestProject): Promise<void> {
  const services = await findServices();
  const missing = missingServices(services);
  if (process.env['REQUIRE_SERVICES'] === '1' && missing.length > 0) {
    throw new Error(`services missing: ${missing.map(({ service, remedy }) => `${service} (${remedy})`).join('; ')}`);
  }
  project.provide('services', services);
}
