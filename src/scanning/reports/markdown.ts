import { type Finding, FindingList } from '../finding-list.ts';
import type { NotScanned } from '../sighting.ts';
import { counted, grouped, printable } from './printable.ts';
import type { ReportFormat } from './report.ts';
import { baselineLines, countsLine, scannedLine, shortId } from './summary-lines.ts';

/** A comment on a pull request has its limits. */
const MOST_ROWS = 50;

/** For a pull request: a table of the findings, and what to do. */
export const markdown: ReportFormat = {
  kind: 'markdown',
  title: 'Markdown',
  open(write) {
    const list = new FindingList();
    const problems: NotScanned[] = [];
    return {
      add(result) {
        if (result.kind === 'not-scanned') problems.push(result);
        else if (result.silence === undefined) list.add(result);
      },
      end(summary) {
        const findings = list.all();
        const notes = baselineLines(summary).map((line) => `${escaped(line.trim())}\n`);
        const blocks = [
          `## Credentials: ${countsLine(summary)}\n`,
          `${escaped(scannedLine(summary))}\n`,
          ...(summary.interrupted ? ['**Interrupted: only a part was scanned.**\n'] : []),
          ...findingTable(findings),
          ...problemList(problems),
          ...notes,
        ];
        write(blocks.join('\n'));
      },
    };
  },
};

const escaped = (text: string): string => printable(text).replace(/[\\`*_{}[\]<>()#+!|@~$]/g, '\\$&');
/** No back-quote of a file's name can end the code. */
const code = (text: string): string => `\`${printable(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;

function findingTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.slice(0, MOST_ROWS).map((finding) => {
    const { confidence, title, redacted, length, places, morePlaces, fingerprint } = finding;
    const more = places.length - 1 + morePlaces;
    const where = `${code(places[0]?.address ?? '')}${more > 0 ? ` and ${counted(more, 'more place')}` : ''}`;
    return `| ${confidence} | ${escaped(title)} | ${where} | ${code(redacted)} (${length}) | ${code(shortId(fingerprint))} |`;
  });
  const more = findings.length - MOST_ROWS;
  return [
    ['| Confidence | What | Where | Begins with (length) | Id |', '| --- | --- | --- | --- | --- |', ...rows, ''].join('\n'),
    ...(more > 0 ? [`And ${counted(more, 'more finding')}.\n`] : []),
    'Revoke what is real at its provider before anything else: deleting the line does not take it back.\n',
  ];
}

function problemList(problems: readonly NotScanned[]): string[] {
  if (problems.length === 0) return [];
  const more = problems.length - MOST_ROWS;
  return [
    [
      `**Not scanned: ${counted(problems.length, 'part')}, so this scan is incomplete.**`,
      '',
      ...problems.slice(0, MOST_ROWS).map(({ path, reason }) => `- ${code(path)}: ${escaped(reason)}`),
      ...(more > 0 ? [`- and ${grouped(more)} more`] : []),
      '',
    ].join('\n'),
  ];
}
