import type { Confidence } from '../detector.ts';
import { type Finding, FindingList } from '../finding-list.ts';
import type { Place } from '../findings.ts';
import type { NotScanned } from '../sighting.ts';
import { fitted } from './fitted.ts';
import { counted, grouped, printable } from './printable.ts';
import type { ReportContext, ReportFormat, ScanSummary } from './report.ts';
import { baselineLines, countsLine, scannedLine, shortId } from './summary-lines.ts';

/** Places shown of one finding, and parts that were not scanned; the other reports have them all. */
const MOST_SHOWN = 10;

const COLOURS: Readonly<Record<Confidence, number>> = { high: 31, medium: 33, low: 36 };

/** For people: the surest first, each secret once with its places, and what to do next. */
export const terminal: ReportFormat = {
  kind: 'terminal',
  title: 'Terminal',
  open(write, context) {
    const list = new FindingList();
    const problems: NotScanned[] = [];
    const secrets = new Map<string, string>();
    return {
      add(result) {
        if (result.kind === 'not-scanned') {
          problems.push(result);
        } else if (result.silence === undefined) {
          list.add(result);
          if (result.secret !== undefined) secrets.set(result.fingerprint, result.secret);
        }
      },
      end(summary) {
        const findings = list.all();
        const lines = [
          ...findings.flatMap((finding) => [...findingLines(finding, secrets.get(finding.fingerprint), context), '']),
          ...problemLines(problems),
          ...baselineLines(summary),
          ...(summary.interrupted ? ['Interrupted: only a part was scanned.'] : []),
          countsLine(summary),
          scannedLine(summary),
          ...nextLines(findings, summary, context),
        ];
        write(lines.map((line) => `${line}\n`).join(''));
      },
    };
  },
};

const LIVENESS: Readonly<Record<NonNullable<Finding['liveness']>, string>> = {
  live: 'live: its provider accepts it',
  dead: 'dead: its provider refuses it',
  unknown: 'its provider gave no answer that tells',
};

const INDENT = ' '.repeat(8);

function findingLines(finding: Finding, secret: string | undefined, { colour, columns = Infinity }: ReportContext): string[] {
  const { confidence, title, detector, redacted, length, places, morePlaces, fingerprint, reasons, liveness } = finding;
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const label = paint(COLOURS[confidence], confidence.toUpperCase().padEnd(8));
  const shown = secret === undefined ? `${redacted} (${counted(length, 'character')})` : printable(secret);
  const more = places.length - MOST_SHOWN + morePlaces;
  return [
    `${label}${paint(1, printable(title))}  ${printable(shown)}`,
    ...places.slice(0, MOST_SHOWN).flatMap((place) => fitted(placePieces(place), '  ', INDENT, columns)),
    ...(more > 0 ? [`${INDENT}and ${counted(more, 'more place')}`] : []),
    ...(liveness === undefined ? [] : [`${INDENT}${LIVENESS[liveness]}`]),
    ...(reasons.length === 0 ? [] : fitted(`why: ${printable(reasons.join('; '))}`.split(' '), ' ', INDENT, columns)),
    `${INDENT}id ${shortId(fingerprint)}, detector ${detector}`,
  ];
}

/** Where it is, and what is to be said of it. */
function placePieces({ address, path, start, origin, layers }: Place): string[] {
  // Editors jump to path:line:column; an address inside a file is said with the line of the raw file behind it.
  const isInside = address !== `${path}:${start.line}`;
  const pieces = [
    ...(isInside ? [address, `(line ${start.line}, column ${start.column})`] : [`${address}:${start.column}`]),
    ...(layers.length === 0 ? [] : [`decoded from ${layers.join(' in ')}`]),
    ...(origin === undefined ? [] : [originText(origin)]),
  ];
  return pieces.map(printable);
}

function originText({ commit, author, date, reachable, blob }: NonNullable<Place['origin']>): string {
  if (commit === undefined) return `${reachable ? 'blob' : 'unreachable object'} ${blob.slice(0, 12)}`;
  const by = author === undefined ? '' : ` by ${author}`;
  const on = date === undefined ? '' : ` on ${date.slice(0, 10)}`;
  return `commit ${commit.slice(0, 12)}${by}${on}`;
}

function problemLines(problems: readonly NotScanned[]): string[] {
  if (problems.length === 0) return [];
  const more = problems.length - MOST_SHOWN;
  return [
    `Not scanned: ${counted(problems.length, 'part')}, so this scan is incomplete.`,
    ...problems.slice(0, MOST_SHOWN).map(({ path, reason }) => printable(`  ${path}: ${reason}`)),
    ...(more > 0 ? [`  and ${grouped(more)} more; --format json lists them all`] : []),
    '',
  ];
}

function nextLines(findings: readonly Finding[], { findings: counts }: ScanSummary, context: ReportContext): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { program, keyOption, columns = Infinity } = context;
  const revoke = 'Next: revoke what is real at its provider before anything else; deleting the line does not take it back.';
  // Whoever adds it scans again, and in the files it may be no more.
  const where = first.places.every(({ origin }) => origin !== undefined) ? ' --history' : '';
  const key = keyOption === undefined ? '' : ` ${keyOption}`;
  const add = `${program} baseline add ${shortId(first.fingerprint)}${where}${key} --reason REASON --owner NAME`;
  return [
    ...(counts.high + counts.medium > 0 ? fitted(revoke.split(' '), ' ', '', columns) : []),
    ...fitted(['No secret? `watchword:ignore REASON` in a comment on its line, or:', add], ' ', '', columns),
  ];
}
