import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { proveEvent, verifyProof } from '../../transparency/index.ts';
import { readBounded } from '../bounded-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../options.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';
import { type DirectoryOptions, openDirectory, trustedKeys, withDirectory, withUsableFiles } from './log-directory.ts';

export function proveCommand(terminal: Terminal): Command {
  const command = new Command('prove')
    .description('Makes a proof that an event stands in the log; it verifies alone, without the log.')
    .argument('<event>', 'index of the event', wholeNumber(0))
    .option('--out <file>', 'write the proof to this new file');
  return withDirectory(command, terminal).action(async (index: number, options: DirectoryOptions & { readonly out?: string }) => {
    const proof = `${JSON.stringify(await proveEvent(await openDirectory(options), index), undefined, 2)}\n`;
    if (options.out === undefined) terminal.stdout.write(proof);
    else await writeFile(options.out, proof, { flag: 'wx' });
  });
}

export function verifyProofCommand(terminal: Terminal): Command {
  return new Command('verify-proof')
    .description('Checks a proof that `prove` made. Needs nothing but the file and the public key.')
    .argument('<file>', 'the proof')
    .option('--key <key>', 'trust only this public key, or those in this file')
    .option('--json', 'print the verdict as one JSON object')
    .action(async (file: string, options: { readonly key?: string; readonly json?: boolean }) => {
      const verdict = await withUsableFiles(async () =>
        verifyProof(parsed((await readBounded(file)).toString()), await trustedKeys(options.key)),
      );
      if (verdict.failure !== undefined) terminal.setExitCode(exitCodes.failed);
      if (options.json === true) terminal.stdout.write(`${JSON.stringify({ ok: verdict.failure === undefined, ...verdict })}\n`);
      else terminal.stdout.write(`${visible(textOf(verdict))}\n`);
    });
}

function textOf({ failure, index, checkpoint, keysFrom }: ReturnType<typeof verifyProof>): string {
  if (failure !== undefined || checkpoint === undefined) return `FAILED: ${failure}.\nDo not rely on this event.`;
  const signed = checkpoint.time === undefined ? '' : `, signed ${new Date(checkpoint.time).toISOString()}`;
  const key = keysFrom === 'given' ? '' : '\nKey: the one in the proof itself; give the one you know with --key.';
  return `OK: event ${index} stands in the log ${checkpoint.origin} of ${checkpoint.size} events${signed}.${key}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WatchwordError('client.usage', 'The proof is not JSON.', { cause: error });
  }
}
