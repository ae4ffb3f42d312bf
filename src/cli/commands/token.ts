import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { capabilitiesCommand } from './token/capabilities.ts';
import { createCommand } from './token/create.ts';
import { lookupCommand, renewCommand, revokeCommand } from './token/lifecycle.ts';

export function tokenCommand(terminal: Terminal): Command {
  const token = new Command('token').description(
    'Tokens say who is calling. Without a token named, these commands mean your own.',
  );
  for (const create of [createCommand, lookupCommand, renewCommand, revokeCommand, capabilitiesCommand]) {
    token.addCommand(create(terminal));
  }
  return token;
}
