import { Command } from 'commander';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printStructured } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

export function roleCommand(terminal: Terminal): Command {
  return new Command('role')
    .description('Roles of auth methods say who may log in, and what he gets.')
    .addCommand(lintCommand(terminal));
}

function lintCommand(terminal: Terminal): Command {
  const command = new Command('lint')
    .description(
      'Names what is dangerous in the roles that you may read: any audience or namespace, wildcards, claims that users choose, tokens from outside without networks, tokens that live long, no owner. Exit code: 0 nothing to say, 3 findings.',
    )
    .argument('[mount]', 'one mount only, such as auth/kubernetes');
  withFormat(withConnection(command));
  return command.action(async (mount: string | undefined, options: ConnectionOptions & OutputOptions) => {
    const client = await clientFor(terminal, options);
    const path = mount === undefined ? undefined : `auth/${mount.replace(/^auth\//, '').replace(/\/+$/, '')}`;
    const answer = (await client.native('roles/lint', { query: { mount: path } })) ?? {};
    const roles = Array.isArray(answer['roles']) ? answer['roles'].filter(isJsonObject) : [];
    if (roles.some(({ findings }) => Array.isArray(findings) && findings.length > 0)) terminal.setExitCode(exitCodes.found);
    if (await printStructured(terminal, options, { roles })) return;
    terminal.stdout.write(report(roles));
  });
}

function report(roles: readonly JsonObject[]): string {
  const dangerous = roles.filter(({ findings }) => Array.isArray(findings) && findings.length > 0);
  const lines = dangerous.flatMap((role) => [
    `${String(role.path)}${role.owner === '' ? '' : ` (${String(role.owner)})`}`,
    ...(role.findings as JsonObject[]).flatMap(({ rule, where, message, advice }) => [
      `  ${String(rule)}: ${String(where)}: ${String(message)}`,
      `    ${String(advice)}`,
    ]),
    '',
  ]);
  const few = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const summary = `${few(roles.length, 'role')} looked at, ${dangerous.length === 0 ? 'nothing to say' : `${dangerous.length} with findings`}.`;
  return [...lines, summary].map((line) => `${visible(line)}\n`).join('');
}
