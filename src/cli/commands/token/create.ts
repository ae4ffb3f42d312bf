import { Command, Option } from 'commander';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { type ConnectionOptions, clientFor, repeated, wholeNumber, withConnection, withWrapping } from '../../options.ts';
import { type OutputOptions, withField } from '../../output/options.ts';
import { printAnswer } from '../../output/print.ts';
import { queryOf } from '../../query.ts';
import type { Terminal } from '../../terminal.ts';

interface CreateOptions extends ConnectionOptions, OutputOptions {
  readonly policy?: readonly string[];
  readonly ttl?: string;
  readonly explicitMaxTtl?: string;
  readonly period?: string;
  readonly useLimit?: number;
  readonly displayName?: string;
  readonly metadata?: readonly string[];
  readonly orphan?: boolean;
  readonly defaultPolicy: boolean;
  readonly renewable: boolean;
  readonly role?: string;
  readonly type?: string;
}

export function createCommand(terminal: Terminal): Command {
  const command = new Command('create')
    .description('Makes a token, a child of your own: when yours ends, it ends too.')
    .option('--policy <name>', 'policy of the token; may be repeated (default: those of your own)', repeated)
    .option('--ttl <duration>', 'how long it lives unless renewed')
    .option('--explicit-max-ttl <duration>', 'how long it lives at most, renewed or not')
    .option('--period <duration>', 'renewable for ever, by this much each time')
    .option('--use-limit <number>', 'how often it may be used; 0: no limit', wholeNumber(0))
    .option('--display-name <text>', 'name that the audit log shows')
    .option('--metadata <key=value>', 'a note that whoever looks the token up sees; may be repeated', repeated)
    .option('--orphan', 'not a child of your own token')
    .option('--no-default-policy', 'without the policy named default')
    .option('--renewable', 'may be renewed (default)', true)
    .option('--no-renewable', 'may not be renewed')
    .option('--role <name>', 'as this token role prescribes')
    .addOption(new Option('--type <name>', 'kind of token').choices(['service', 'batch']));
  withField(withConnection(withWrapping(command)));
  return command.action(async (options: CreateOptions) => {
    const path = options.role === undefined ? 'auth/token/create' : `auth/token/create/${options.role}`;
    const client = await clientFor(terminal, options);
    const answer = await client.write(path, tokenBody(options), { wrapTtl: options.wrapTtl });
    warnOfRoot(terminal, options, answer?.auth);
    await printAnswer(terminal, options, answer ?? {});
  });
}

function warnOfRoot({ stderr }: Terminal, { policy }: CreateOptions, auth: unknown): void {
  if (policy !== undefined || !isJsonObject(auth) || !Array.isArray(auth.policies) || !auth.policies.includes('root')) return;
  stderr.write('Warning: This is another root token, since no --policy was named; whoever has it can do everything.\n');
}

function tokenBody(options: CreateOptions): JsonObject {
  const { policy, metadata } = options;
  return {
    policies: policy?.flatMap((names) => names.split(',')),
    ttl: options.ttl,
    explicit_max_ttl: options.explicitMaxTtl,
    period: options.period,
    num_uses: options.useLimit,
    display_name: options.displayName,
    meta: metadata === undefined ? undefined : queryOf(metadata),
    no_parent: options.orphan,
    no_default_policy: options.defaultPolicy ? undefined : true,
    renewable: options.renewable ? undefined : false,
    type: options.type,
  };
}
