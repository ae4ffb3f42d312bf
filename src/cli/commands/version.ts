import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
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

/** package.json lies above both the sources and the built program, at different distances. */
async function ownVersion(): Promise<string> {
  for (const above of ['../../../', '../../', '../']) {
    const file = new URL(`${above}package.json`, import.meta.url);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const found = text === undefined ? undefined : (JSON.parse(text) as { name?: string; version?: string });
    if (found?.name === 'watchword' && found.version !== undefined) return found.version;
  }
  return 'unknown';
}
