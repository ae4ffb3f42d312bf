import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Confidence } from '../detector.ts';
import type { Found } from '../findings.ts';
import type { NotScanned } from '../sighting.ts';
import { each, writeLongJson } from './long-json.ts';
import { foundRecord } from './place-record.ts';
import type { ReportContext, ReportFormat, ScanSummary } from './report.ts';

const LEVELS: Readonly<Record<Confidence, string>> = { high: 'error', medium: 'warning', low: 'note' };
/** What GitHub sorts alerts by, of ten. */
const SEVERITIES: Readonly<Record<Confidence, string>> = { high: '9.0', medium: '6.0', low: '3.0' };

/** SARIF 2.1.0 (OASIS, 2020): one result a place; what is silenced is there as suppressed. */
export const sarif: ReportFormat = {
  kind: 'sarif',
  title: 'SARIF 2.1.0',
  open(write, context) {
    const all: Found[] = [];
    const problems: NotScanned[] = [];
    return {
      add(result) {
        if (result.kind === 'not-scanned') problems.push(result);
        else all.push(result);
      },
      end(summary) {
        const ids = [...new Set(all.map(({ detector }) => detector))].sort();
        writeLongJson(write, log(all, ids, summary, context), {
          toolExecutionNotifications: notifications(problems, summary),
          results: each(all, (found) => result(found, ids.indexOf(found.detector))),
        });
      },
    };
  },
};

function log(all: readonly Found[], ids: readonly string[], summary: ScanSummary, { version }: ReportContext): object {
  const rules = ids.flatMap((id) => all.find(({ detector }) => detector === id) ?? []).map(rule);
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'watchword', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation(summary)],
        results: [],
      },
    ],
  };
}

function rule({ detector, title, provider, family, confidence }: Found): object {
  const text = `${title}: a credential that whoever reads it can use. Revoke it at ${provider === 'unknown' ? 'its provider' : provider}, then take it out of the file.`;
  return {
    id: detector,
    name: pascalCased(detector),
    shortDescription: { text: title },
    fullDescription: { text },
    help: { text: `${text} No secret? Say so with "watchword:ignore REASON" on its line, or add it to the baseline.` },
    defaultConfiguration: { level: LEVELS[confidence] },
    properties: { tags: ['security', 'credentials', family], 'security-severity': SEVERITIES[confidence] },
  };
}

function result(found: Found, ruleIndex: number): object {
  const { detector, title, confidence, reasons, path, address, start, end, redacted, length, fingerprint, silence } = found;
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  const region = {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    byteOffset: start.byte,
    byteLength: Math.max(0, end.byte - start.byte),
  };
  return {
    ruleId: detector,
    ruleIndex,
    level: LEVELS[confidence],
    message: { text: messageText(`${title} ${redacted} of ${length} bytes at ${address}${why}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(path) }, region },
        logicalLocations: [{ fullyQualifiedName: address }],
      },
    ],
    partialFingerprints: { 'watchwordSecret/v1': fingerprint },
    ...(silence === undefined ? {} : { suppressions: [suppression(silence)] }),
    properties: foundRecord(found),
  };
}

function suppression({ by, reason, owner, expires }: NonNullable<Found['silence']>): object {
  const about = { ...(owner === undefined ? {} : { owner }), ...(expires === undefined ? {} : { expires }) };
  const kind = by === 'inline' ? 'inSource' : 'external';
  return { kind, status: 'accepted', justification: reason, ...(Object.keys(about).length === 0 ? {} : { properties: about }) };
}

function invocation({ complete, what, files, bytes, seconds }: ScanSummary): object {
  return { executionSuccessful: complete, toolExecutionNotifications: [], properties: { what, files, bytes, seconds } };
}

function* notifications(problems: readonly NotScanned[], { interrupted, baseline, keyId }: ScanSummary): Generator<object> {
  const foreign = baseline?.foreignKey;
  const notes = [
    ...(interrupted ? ['Interrupted: only a part was scanned.'] : []),
    ...(foreign === undefined
      ? []
      : [`The baseline was made with the key ${foreign}, this run has ${keyId}: none of its entries counts.`]),
  ];
  for (const text of notes) yield { level: 'error', message: { text } };
  for (const { path, reason } of problems) {
    const locations = [{ physicalLocation: { artifactLocation: { uri: uriOf(path) } } }];
    yield { level: 'warning', message: { text: messageText(`Not scanned: ${reason}`) }, locations };
  }
}

/** Without the links that `[text](target)` would be in a message (SARIF 2.1.0, 3.11.6): who names a file does not get one. */
const messageText = (text: string): string => text.replaceAll('](', '] (');

/** Relative to what was scanned from, as viewers resolve it. */
function uriOf(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}

/** SARIF wants a name that is not the id. */
const pascalCased = (id: string): string => id.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
