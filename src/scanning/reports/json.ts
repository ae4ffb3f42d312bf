import { type Finding, FindingList } from '../finding-list.ts';
import type { NotScanned } from '../sighting.ts';
import { each, writeLongJson } from './long-json.ts';
import { placeRecord } from './place-record.ts';
import type { ReportFormat, ScanSummary } from './report.ts';

/** One object: every finding with its places, what was not scanned, and the counts. What is silenced is counted only. */
export const json: ReportFormat = {
  kind: 'json',
  title: 'JSON',
  open(write, { version }) {
    const list = new FindingList();
    const notScanned: NotScanned[] = [];
    return {
      add(result) {
        if (result.kind === 'not-scanned') notScanned.push(result);
        else if (result.silence === undefined) list.add(result);
      },
      end(summary) {
        const head = { format: 'watchword-report/1', version, ...summaryRecord(summary), findings: [], notScanned: [] };
        writeLongJson(write, head, {
          findings: each(list.all(), findingRecord),
          notScanned: each(notScanned, ({ path, reason }) => ({ path, reason })),
        });
      },
    };
  },
};

function findingRecord(finding: Finding): object {
  const { detector, provider, title, family, confidence, reasons, redacted, length, fingerprint, places, morePlaces } = finding;
  const more = {
    ...(morePlaces === 0 ? {} : { morePlaces }),
    ...(finding.liveness === undefined ? {} : { liveness: finding.liveness }),
  };
  const what = { detector, provider, title, family, confidence, reasons, redacted, length, fingerprint };
  return { ...what, places: places.map(placeRecord), ...more };
}

function summaryRecord({ findings, notScanned, baseline, ...rest }: ScanSummary): object {
  return {
    summary: { ...rest, secrets: findings, notScanned },
    ...(baseline === undefined ? {} : { baseline }),
  };
}
