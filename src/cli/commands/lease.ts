import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { holdCommand } from './lease/hold.ts';
import { listCommand } from './lease/list.ts';
import { renewCommand, revokeCommand, showCommand } from './lease/one.ts';

export function leaseCommand(terminal: Terminal): Command {
  const lease = new Command('lease').description(
    'Leases say how long a short-lived credential is good, and to whom it was issued. What a credential itself says is not kept in them.',
  );
  for (const create of [listCommand, showCommand, renewCommand, revokeCommand, holdCommand]) lease.addCommand(create(terminal));
  return lease;
}
