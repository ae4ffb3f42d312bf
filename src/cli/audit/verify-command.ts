import { Command } from 'commander';
import { type VerifyReport, verifyLog } from '../../transparency/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';
import {
  type DirectoryOptions,
  directoryReader,
  keptCheckpoint,
  openDirectory,
  trustedKeys,
  withDirectory,
  withUsableFiles,
} from './log-directory.ts';
import { progressBar } from './progress-bar.ts';

interface Options extends DirectoryOptions {
  readonly checkpoint?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** A running server signs every ten seconds. */
const LATE_MS = 60_000;

export function verifyCommand(terminal: Terminal): Command {
  const command = new Command('verify')
    .description('Checks every event, the tree and every checkpoint; names the first event that does not fit.')
    .option('--checkpoint <file>', 'compare with a checkpoint that was kept elsewhere')
    .option('--key <key>', 'trust only this public key, or those in this file')
    .option('--json', 'print the report as one JSON object');
  return withDirectory(command, terminal).action(async (options: Options) => {
    const { report, checkpoint } = await withUsableFiles(() => verified(options, terminal));
    if (options.json === true) terminal.stdout.write(`${JSON.stringify(jsonOf(report))}\n`);
    else terminal.stdout.write(textOf(report, checkpoint?.size));
    if (report.failure !== undefined) terminal.setExitCode(exitCodes.failed);
  });
}

async function verified(options: Options, terminal: Terminal) {
  const keys = await trustedKeys(options.key);
  const checkpoint = await keptCheckpoint(options.checkpoint);
  // With a checkpoint at hand, a log that is gone is a log that was cut off.
  const reader = checkpoint === undefined ? await openDirectory(options) : directoryReader(options);
  const bar = progressBar(terminal.stderr);
  const report = await verifyLog(reader, { keys, checkpoint, progress: bar.update });
  bar.clear();
  return { report, checkpoint };
}

function jsonOf(report: VerifyReport): object {
  const { failure, proven, events, ...rest } = report;
  return {
    ok: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
    events,
    ...rest,
    proven,
    tail: tailOf(report),
  };
}

function tailOf({ proven, events }: VerifyReport): 'proven' | 'unproven' {
  return proven > 0 && proven === events ? 'proven' : 'unproven';
}

function textOf(report: VerifyReport, kept: number | undefined): string {
  const { failure, warnings } = report;
  const notes = warnings.map((warning) => `Note: ${warning}`);
  const lines =
    failure === undefined ? [...soundLines(report), ...tailLines(report, kept), ...keyLines(report)] : failureLines(report);
  return [...lines, ...notes].map((line) => `${visible(line)}\n`).join('');
}

function soundLines({ events, checkpoints, lastCheckpoint }: VerifyReport): string[] {
  const head = `OK: ${counted(events, 'event')} in order, ${counted(checkpoints, 'checkpoint')} checked.`;
  if (lastCheckpoint === undefined) return [head, 'Checkpoint: none yet, so nothing is signed.'];
  const { size, time } = lastCheckpoint;
  const unsigned = events - size;
  const age = time === undefined ? Number.NaN : Date.now() - time;
  const late = unsigned > 0 && age > LATE_MS ? ' That is late: the server is sealed, stopped or cannot write.' : '';
  const after = unsigned === 0 ? 'it covers every event' : `${counted(unsigned, 'event')} after it not signed yet`;
  return [
    head,
    `Checkpoint: at ${counted(size, 'event')}${time === undefined ? '' : `, signed ${ageText(age)} ago`}; ${after}.${late}`,
  ];
}

function tailLines(report: VerifyReport, kept: number | undefined): string[] {
  if (kept === undefined)
    return ['Tail: unproven. Only a checkpoint kept elsewhere shows that no events were cut off the end (--checkpoint FILE).'];
  if (tailOf(report) === 'proven') return ['Tail: proven by the checkpoint kept elsewhere.'];
  return [`Tail: proven up to ${report.proven} events by the checkpoint kept elsewhere; unproven after it.`];
}

function keyLines({ keysFrom }: VerifyReport): string[] {
  return keysFrom === 'given'
    ? ['Key: the one that you gave.']
    : ["Key: the log directory's own. Whoever can rewrite the log can replace it too; give the one you know with --key."];
}

function failureLines({ failure, lastCheckpoint }: VerifyReport): string[] {
  if (failure === undefined) return [];
  return [
    `FAILED: ${failure.message}.`,
    `Events before ${lastCheckpoint?.size ?? 0} fit their checkpoint.`,
    'What to do: stop the server, keep the directory as it is for evidence, and compare it with an exported copy or a backup.',
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
