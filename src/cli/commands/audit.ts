import { Command } from 'commander';
import { checkpointCommand, exportCommand } from '../audit/export-command.ts';
import { proveCommand, verifyProofCommand } from '../audit/proof-commands.ts';
import { searchCommand } from '../audit/search-command.ts';
import { tailCommand } from '../audit/tail-command.ts';
import { verifyCommand } from '../audit/verify-command.ts';
import type { Terminal } from '../terminal.ts';

/** Everything that can be done with the directory of an audit log, offline. */
export function auditCommand(terminal: Terminal): Command {
  return new Command('audit')
    .description('The audit log: verify it, search it, prove single events. Works offline, on the log directory.')
    .addCommand(verifyCommand(terminal))
    .addCommand(tailCommand(terminal))
    .addCommand(searchCommand(terminal))
    .addCommand(proveCommand(terminal))
    .addCommand(verifyProofCommand(terminal))
    .addCommand(exportCommand(terminal))
    .addCommand(checkpointCommand(terminal));
}
