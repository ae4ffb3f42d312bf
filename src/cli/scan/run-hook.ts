import { FindingList } from '../../scanning/finding-list.ts';
import { cureLines, projectName } from '../../scanning/hook/cure.ts';
import { emptyChange } from '../../scanning/hook/empty-change.ts';
import type { Stage } from '../../scanning/hook/hook-script.ts';
import { frameworkCommit, frameworkPush, isFramework } from '../../scanning/hook/pre-commit-call.ts';
import { counted, sizeText } from '../../scanning/reports/printable.ts';
import type { Report, ScanSummary } from '../../scanning/reports/report.ts';
import { terminal as terminalFormat } from '../../scanning/reports/terminal.ts';
import { foundAtLeast } from '../../scanning/tally.ts';
import type { ScanTarget } from '../../scanning/targets.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { performScan } from './run-scan.ts';
import type { ScanningOptions } from './settings.ts';

const WHAT: Readonly<Record<Stage, string>> = {
  'pre-commit': 'the staged changes',
  'pre-push': 'the commits to be pushed',
  'pre-receive': 'the pushed commits',
};

/** What git calls: code 0 lets it go on. Everything is said on standard error, which git shows. */
export async function runHook(
  stage: Stage,
  details: readonly string[],
  options: ScanningOptions,
  terminal: Terminal,
): Promise<void> {
  const target = await targetOf(stage, details, terminal);
  if (target === undefined) return;
  // A process that ends early must not let the change pass.
  terminal.setExitCode(exitCodes.failed);
  const { report, findings, print } = heldReport(terminal);
  const errand = { target, what: WHAT[stage], folder: '.' };
  const summary = await performScan(errand, { ...options, progress: false }, terminal, report);
  const found = foundAtLeast(summary, 'medium');
  const nothing = summary.bytes === 0 && summary.known === 0 && !(await emptyChange(target));
  if (found || nothing || !summary.complete) print();
  const say = (text: string): void => terminal.stderr.write(`${text}\n`);
  if (found) for (const line of cures(findings, terminal)) say(line);
  say(verdict(summary, found, nothing));
  terminal.setExitCode(exitCodeOf(summary, found, nothing));
}

function exitCodeOf(summary: ScanSummary, found: boolean, nothing: boolean): number {
  if (found) return exitCodes.found;
  if (summary.interrupted) return exitCodes.interrupted;
  return nothing || !summary.complete ? exitCodes.incomplete : exitCodes.done;
}

function verdict(summary: ScanSummary, found: boolean, nothing: boolean): string {
  const hushed = summary.silenced.baseline + summary.silenced.inline;
  const silenced = hushed === 0 ? '' : ` (${counted(hushed, 'place')} silenced by a remark or the baseline)`;
  const scanned = `${counted(summary.files, 'file')}, ${sizeText(summary.bytes)}`;
  if (found) return `watchword: stopped, because credentials were found. Scanned: ${scanned}.`;
  if (nothing) return 'watchword: stopped, because nothing was scanned although something changes.';
  if (!summary.complete) return `watchword: stopped, because not everything could be scanned. Scanned: ${scanned}.`;
  return `watchword: ${scanned} scanned, no credentials found${silenced}.`;
}

/** Written only when there is something to read. */
function heldReport({ stderr, program, env }: Terminal): { report: Report; findings: FindingList; print: () => void } {
  const findings = new FindingList();
  let text = '';
  const context = { version: '', program, colour: false };
  const onScreen = { ...context, colour: (env['NO_COLOR'] ?? '') === '', columns: stderr.columns };
  const written = terminalFormat.open((piece) => (text += piece), stderr.isTerminal ? onScreen : context);
  const report: Report = {
    add(result) {
      written.add(result);
      if (result.kind === 'found' && result.silence === undefined) findings.add(result);
    },
    end: (summary) => written.end(summary),
  };
  return { report, findings, print: () => stderr.write(text) };
}

const cures = (findings: FindingList, { program }: Terminal): string[] =>
  cureLines(
    findings.all().filter(({ confidence }) => confidence !== 'low'),
    projectName(process.cwd()),
    program,
  );

/** Undefined when there is nothing that could bring a secret in: a branch that is only deleted. */
async function targetOf(stage: Stage, details: readonly string[], { readInput, env }: Terminal): Promise<ScanTarget | undefined> {
  if (isFramework(env) && stage === 'pre-commit') return frameworkCommit(details, env);
  if (isFramework(env) && stage === 'pre-push') return frameworkPush(env);
  if (stage === 'pre-commit') return { kind: 'staged', repository: '.' };
  const updates = (await readInput()).toString('utf8');
  const isDeletion = (line: string): boolean => /^0+$/.test(line.split(' ')[1] ?? '');
  const lines = updates.split('\n').filter((line) => line.trim() !== '' && !isDeletion(line));
  if (lines.length === 0) return undefined;
  const told = { repository: '.', updates: `${lines.join('\n')}\n` };
  return stage === 'pre-push' ? { kind: 'pushed', ...told, remote: details[0] ?? '' } : { kind: 'received', ...told };
}
