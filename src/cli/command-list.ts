import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** One verb. Its module is loaded only when it is used, which keeps every other command quick to start. */
interface CommandEntry {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  load(terminal: Terminal): Promise<Command>;
}

const LEAKS = 'Leaks:';
const SECRETS = 'Secrets:';
const ACCESS = 'Access:';
const OPERATION = 'Operation:';

export const commandList: readonly CommandEntry[] = [
  {
    name: 'scan',
    group: LEAKS,
    summary: 'find leaked credentials in files, notebooks, archives and git histories',
    load: async (terminal) => (await import('./commands/scan.ts')).scanCommand(terminal),
  },
  {
    name: 'baseline',
    group: LEAKS,
    summary: 'say what a scan may leave unreported, why, and until when',
    load: async (terminal) => (await import('./commands/baseline.ts')).baselineCommand(terminal),
  },
  {
    name: 'hook',
    group: LEAKS,
    summary: 'stop commits and pushes that hold credentials',
    load: async (terminal) => (await import('./commands/hook.ts')).hookCommand(terminal),
  },
  {
    name: 'kv',
    group: SECRETS,
    summary: 'work with versioned secrets',
    load: async (terminal) => (await import('./commands/kv.ts')).kvCommand(terminal),
  },
  {
    name: 'read',
    group: SECRETS,
    summary: 'read what is at a path',
    load: async (terminal) => (await import('./commands/read.ts')).readCommand(terminal),
  },
  {
    name: 'write',
    group: SECRETS,
    summary: 'write key=value pairs to a path',
    load: async (terminal) => (await import('./commands/write.ts')).writeCommand(terminal),
  },
  {
    name: 'list',
    group: SECRETS,
    summary: 'list what is below a path',
    load: async (terminal) => (await import('./commands/list.ts')).listCommand(terminal),
  },
  {
    name: 'delete',
    group: SECRETS,
    summary: 'delete what is at a path',
    load: async (terminal) => (await import('./commands/delete.ts')).deleteCommand(terminal),
  },
  {
    name: 'import',
    group: SECRETS,
    summary: 'bring .env, JSON and YAML files into the store',
    load: async (terminal) => (await import('./commands/import.ts')).importCommand(terminal),
  },
  {
    name: 'unwrap',
    group: SECRETS,
    summary: 'open a wrapping token, once',
    load: async (terminal) => (await import('./commands/unwrap.ts')).unwrapCommand(terminal),
  },
  {
    name: 'creds',
    group: SECRETS,
    summary: 'get a short-lived credential, or run a command with one',
    load: async (terminal) => (await import('./commands/creds.ts')).credsCommand(terminal),
  },
  {
    name: 'lease',
    group: SECRETS,
    summary: 'look at short-lived credentials, renew them, take them back',
    load: async (terminal) => (await import('./commands/lease.ts')).leaseCommand(terminal),
  },
  {
    name: 'secrets',
    group: ACCESS,
    summary: 'mount and remove engines',
    load: async (terminal) => (await import('./commands/mounts.ts')).secretsCommand(terminal),
  },
  {
    name: 'auth',
    group: ACCESS,
    summary: 'mount and remove auth methods',
    load: async (terminal) => (await import('./commands/mounts.ts')).authCommand(terminal),
  },
  {
    name: 'login',
    group: ACCESS,
    summary: 'log in with what the platform gave this workload, or with a token',
    load: async (terminal) => (await import('./commands/login.ts')).loginCommand(terminal),
  },
  {
    name: 'whoami',
    group: ACCESS,
    summary: 'show who the server takes you to be',
    load: async (terminal) => (await import('./commands/whoami.ts')).whoamiCommand(terminal),
  },
  {
    name: 'token',
    group: ACCESS,
    summary: 'create, look up, renew and revoke tokens',
    load: async (terminal) => (await import('./commands/token.ts')).tokenCommand(terminal),
  },
  {
    name: 'policy',
    group: ACCESS,
    summary: 'read and write policies',
    load: async (terminal) => (await import('./commands/policy.ts')).policyCommand(terminal),
  },
  {
    name: 'role',
    group: ACCESS,
    summary: 'what is dangerous in the roles of auth methods',
    load: async (terminal) => (await import('./commands/role.ts')).roleCommand(terminal),
  },
  {
    name: 'engine',
    group: ACCESS,
    summary: 'what is missing where short-lived credentials are made',
    load: async (terminal) => (await import('./commands/engine.ts')).engineCommand(terminal),
  },
  {
    name: 'server',
    group: OPERATION,
    summary: 'run the server',
    load: async () => (await import('./commands/server.ts')).serverCommand(),
  },
  {
    name: 'status',
    group: OPERATION,
    summary: 'state of the server, and what should be changed about it',
    load: async (terminal) => (await import('./commands/status.ts')).statusCommand(terminal),
  },
  {
    name: 'operator',
    group: OPERATION,
    summary: 'initialise, unseal and seal the store',
    load: async (terminal) => (await import('./commands/operator.ts')).operatorCommand(terminal),
  },
  {
    name: 'audit',
    group: OPERATION,
    summary: 'verify, search and export the audit log',
    load: async (terminal) => (await import('./commands/audit.ts')).auditCommand(terminal),
  },
  {
    name: 'slurm-agent',
    group: OPERATION,
    summary: 'let the jobs of a SLURM cluster log in, beside them on each node',
    load: async (terminal) => (await import('./commands/slurm-agent.ts')).slurmAgentCommand(terminal),
  },
  {
    name: 'version',
    group: OPERATION,
    summary: 'version of this program',
    load: async (terminal) => (await import('./commands/version.ts')).versionCommand(terminal),
  },
  {
    name: 'completion',
    group: OPERATION,
    summary: 'completion script for bash, zsh or fish',
    load: async (terminal) => {
      const { completionCommand } = await import('./commands/completion.ts');
      const others = commandList.filter(({ name }) => name !== 'completion');
      return completionCommand(terminal, () => Promise.all(others.map(({ load }) => load(terminal))));
    },
  },
];
