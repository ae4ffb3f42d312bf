import { Command } from 'commander';
import { ownVersion } from '../../foundation/own-version.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printStructured } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

export function versionCommand(terminal: Terminal): Command {
  const command = new Command('version').description('Prints the version of this program and of the Node.js that it runs on.');
  return withFormat(command).action(async (options: OutputOptions) => {
    const report = { version: await ownVersion(), node: process.versions.node };
    if (await printStructured(terminal, options, report)) return;
    terminal.stdout.write(`watchword ${report.version} (Node.js ${report.node})\n`);
  });
}
