import { foundRecord } from './place-record.ts';
import { jsonText } from './printable.ts';
import type { ReportFormat } from './report.ts';

/** One place a line, written as it is found; what is silenced is left out. */
export const jsonl: ReportFormat = {
  kind: 'jsonl',
  title: 'JSON lines',
  open: (write) => ({
    add(result) {
      if (result.kind === 'found' && result.silence === undefined) write(`${jsonText(foundRecord(result))}\n`);
    },
    end() {},
  }),
};
