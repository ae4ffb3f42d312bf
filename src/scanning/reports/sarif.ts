import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Confidence } from '../detector.ts';
import type { Found } from '../findings.ts';
import type { NotScanned } from '../sighting.ts';
import { foundRecord } from './place-record.ts';
import { jsonText } from './printable.ts';
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
      end: (summary) => write(`${jsonText(log(all, problems, summary, context), 2)}\n`),
    };
  },
};

function log(all: readonly Found[], problems: readonly NotScanned[], summary: ScanSummary, { version }: ReportContext): object {
  const ids = [...new Set(all.map(({ detector }) => detector))].sort();
  const rules = ids.flatMap((id) => all.find(({ detector }) => detector === id) ?? []).map(rule);
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'watchword', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation(problems, summary)],
        results: all.map((found) => result(found, ids.indexOf(found.detector))),
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
    message: { text: `${title} ${redacted} of ${length} bytes at ${address}${why}` },
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

function invocation(problems: readonly NotScanned[], summary: ScanSummary): object {
  const { complete, interrupted, baseline, keyId, what, files, bytes, seconds } = summary;
  const foreign = baseline?.foreignKey;
  const notes = [
    ...(interrupted ? ['Interrupted: only a part was scanned.'] : []),
    ...(foreign === undefined
      ? []
      : [`The baseline was made with the key ${foreign}, this run has ${keyId}: none of its entries counts.`]),
  ];
  return {
    executionSuccessful: complete,
    toolExecutionNotifications: [
      ...notes.map((text) => ({ level: 'error', message: { text } })),
      ...problems.map(({ path, reason }) => ({
        level: 'warning',
        message: { text: `Not scanned: ${reason}` },
        locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) } } }],
      })),
    ],
    properties: { what, files, bytes, seconds },
  };
}

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
