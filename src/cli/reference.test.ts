import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandList } from './command-list.ts';
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
  const program = await createProgram({ stdout: {}, stderr: {}, env: {} } as never, () => true);
  for (const command of leaves(program)) {
    expect(command.description(), command.name()).not.toBe('');
    for (const argument of command.registeredArguments) expect(argument.description, command.name()).not.toBe('');
    for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe('');
  }
});
