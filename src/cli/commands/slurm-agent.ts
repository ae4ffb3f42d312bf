import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { askAgent, SLURM_SOCKET } from '../../agent/slurm/agent-client.ts';
import { jobId } from '../../agent/slurm/jobs.ts';
import { runProgram } from '../../agent/slurm/programs.ts';
import { startSlurmAgent } from '../../agent/slurm/slurm-agent.ts';
import { WatchwordClient } from '../../client/client.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { systemClock } from '../../foundation/node-ports.ts';
import type { LogFields, Logger } from '../../foundation/ports.ts';
import { type ConnectionOptions, connectionFor, wholeNumber, withConnection } from '../options.ts';
import type { Terminal } from '../terminal.ts';

interface AgentOptions extends ConnectionOptions {
  readonly cluster: string;
  readonly audience: string;
  readonly keyFile: string;
  readonly socket: string;
  readonly mungeSocket?: string;
  readonly stateFile: string;
  readonly mount: string;
  readonly poll: number;
}

export function slurmAgentCommand(terminal: Terminal): Command {
  return new Command('slurm-agent')
    .description('Beside the jobs of a SLURM cluster, on each node: lets them log in, and reports their end.')
    .addCommand(runCommand(terminal))
    .addCommand(endedCommand(terminal));
}

function runCommand(terminal: Terminal): Command {
  const command = new Command('run').description(
    'Verifies by MUNGE and the controller which job logs in, and reports its end, so that its tokens end with it.',
  );
  return withConnection(command)
    .requiredOption('--cluster <name>', 'name of the cluster, as the auth method is configured')
    .requiredOption('--audience <text>', 'audience of the auth method')
    .requiredOption(
      '--key-file <file>',
      'private key of the cluster in PEM (Ed25519 or P-256); its public part is configured at the server',
    )
    .option('--socket <path>', 'socket that jobs log in by', SLURM_SOCKET)
    .option('--munge-socket <path>', "socket of munged (default: the host's own)")
    .option('--state-file <file>', 'where it remembers which jobs logged in', '/var/lib/watchword/slurm-jobs.json')
    .option('--mount <path>', 'where the auth method is mounted below auth/', 'slurm')
    .option('--poll <seconds>', 'seconds between two looks at the jobs', wholeNumber(1), 15)
    .action((options: AgentOptions) => run(terminal, options));
}

/** For the epilog of a cluster: `watchword slurm-agent ended "$SLURM_JOB_ID"`. */
function endedCommand(terminal: Terminal): Command {
  return new Command('ended')
    .description("Tells the node's agent that a job has ended. For the epilog; the agent asks the controller all the same.")
    .argument('<job>', 'id of the job')
    .option('--socket <path>', 'socket of the agent', SLURM_SOCKET)
    .action(async (job: string, { socket }: { readonly socket: string }) => {
      const { settled } = await askAgent(socket, '/ended', { job_id: jobId(job) });
      terminal.stdout.write(settled === true ? 'The tokens of the job have ended.\n' : 'The agent will try again.\n');
    });
}

async function run(terminal: Terminal, options: AgentOptions): Promise<void> {
  // The programs print times as numbers, whatever the node's own time zone.
  process.env['SLURM_TIME_FORMAT'] = '%s';
  const { connection } = await connectionFor(terminal, options);
  const client = new WatchwordClient({ ...connection, token: undefined });
  const agent = await startSlurmAgent({
    run: runProgram,
    mungeSocket: options.mungeSocket,
    signing: { key: await privateKey(options.keyFile), cluster: options.cluster, audience: options.audience },
    clock: systemClock,
    logger: lineLogger(terminal),
    stateFile: options.stateFile,
    socket: options.socket,
    everyMs: options.poll * 1000,
    report: async (statement) => {
      await client.write(`auth/${options.mount}/ended`, { jwt: statement });
    },
  });
  terminal.stdout.write(`The SLURM agent of ${options.cluster} listens at ${options.socket}.\n`);
  await interrupted();
  await agent.close();
}

async function privateKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file);
  try {
    const key = createPrivateKey(pem);
    const type = key.asymmetricKeyType;
    if (type === 'ed25519' || (type === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')) return key;
  } catch {
    // Said below.
  } finally {
    pem.fill(0);
  }
  throw new WatchwordError('client.usage', '--key-file holds no Ed25519 or P-256 private key in PEM.', { where: '--key-file' });
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    // Keeps the process alive between two looks at the jobs.
    const awake = setInterval(() => {}, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(awake);
        resolve();
      });
    }
  });
}

function lineLogger({ stderr }: Terminal): Logger {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  return { debug: () => {}, info: line('info'), warn: line('warn'), error: line('error') };
}
