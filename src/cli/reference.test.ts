import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandList } from './command-list.ts';
import { commandPath, examples } from './examples.ts';
import { normalizedArguments } from './flags.ts';
import { createProgram } from './program.ts';
import { cliReference } from './reference.ts';

const leaves = (command: Command): Command[] => (command.commands.length === 0 ? [command] : command.commands.flatMap(leaves));

describe('the reference', () => {
  it('has a section for every command', async () => {
    const text = await cliReference();
    for (const { name } of commandList) expect(text).toContain(`## watchword ${name}\n`);
    expect(text).toContain('#### watchword kv metadata patch\n');
  });

  it('is the same on every machine', async () => {
    expect(await cliReference()).toBe(await cliReference());
    expect(await cliReference()).not.toContain(process.cwd());
  });
});

it('every command, argument and option says what it is', async () => {
  const program = await createProgram({ program: 'watchword', stdout: {}, stderr: {}, env: {} } as never, () => true);
  for (const command of leaves(program)) {
    expect(command.description(), command.name()).not.toBe('');
    for (const argument of command.registeredArguments) expect(argument.description, command.name()).not.toBe('');
    for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe('');
  }
});

it('every example is a command line that is understood', async () => {
  const program = await createProgram({ program: 'watchword', stdout: {}, stderr: {}, env: {} } as never, () => true);
  const ran: string[] = [];
  for (const command of leaves(program)) command.action(() => void ran.push(commandPath(command)));
  const lines = Object.values(examples).flat();
  for (const line of lines) {
    const words = line.replace(/ >.*/, '').split(' ');
    await program.parseAsync(normalizedArguments(words, program), { from: 'user' });
    expect(line.startsWith(ran.at(-1) ?? '-'), line).toBe(true);
  }
  expect(ran).toHaveLength(lines.length);
  const paths = leaves(program).map(commandPath);
  expect(Object.keys(examples).filter((path) => !paths.includes(path))).toEqual([]);
});
