import { firstContact } from './first-contact.ts';
import type { Quality } from './measure.ts';
import type { TreeFindings } from './trees.ts';

/** Least part found, as the product promises it. */
export const bars: Readonly<Record<string, number>> = {
  structured: 0.95,
  ml: 0.97,
  contextual: 0.8,
  'keys and connections': 0.95,
  generic: 0.5,
};
export const EXACT_BAR = 0.95;
export const SILENT_BAR = 0.02;

const titles: Readonly<Record<string, string>> = {
  structured: 'structured: the shape alone tells',
  ml: 'ML providers and tooling',
  contextual: 'contextual: a name beside a common shape',
  'keys and connections': 'keys, connection strings, configuration files',
  generic: 'generic: nobody in particular',
};

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

export function silentTotal({ silent }: Quality): { samples: number; flagged: number } {
  const all = [...silent.values()];
  return {
    samples: all.reduce((sum, { samples }) => sum + samples, 0),
    flagged: all.reduce((sum, { flagged }) => sum + flagged, 0),
  };
}

const TREES = '## Trees without secrets';

/** The part about trees, made anew or kept from the page as it is: it depends on the machine. */
export const treeTable = {
  of({ files, bytes, findings }: TreeFindings): string {
    const rate = (count: number): string => `${count} | ${Math.round((count / bytes) * 1e9)}`;
    return [
      TREES,
      '',
      `${files} different text files, ${Math.round(bytes / 1e6)} MB, of published packages, standard libraries and system documentation. Most of`,
      'what is left is true: keys that programs carry on purpose (client secrets of command-line tools, an integrity key), and examples in',
      'documentation that look like nothing but a key.',
      '',
      '| confidence | flagged | per GB |',
      '|---|---|---|',
      `| high | ${rate(findings.high)} |`,
      `| medium | ${rate(findings.medium)} |`,
      `| low | ${rate(findings.low)} |`,
      '',
    ].join('\n');
  },
  kept: (page: string): string => page.slice(page.indexOf(TREES)),
};

/** The page of documentation. */
export function page(quality: Quality, families: number, trees: string): string {
  const silent = silentTotal(quality);
  const found = [...quality.positives].map(
    ([group, { samples, found: hits, exact }]) =>
      `| ${titles[group] ?? group} | ${samples} | ${percent(hits, samples)} | ${percent(bars[group] ?? 0, 1)} | ${percent(exact, hits)} |`,
  );
  const quiet = [...quality.silent].map(
    ([group, { samples, flagged }]) => `| ${group} | ${samples} | ${flagged} | ${percent(flagged, samples)} |`,
  );
  return [
    '# Quality of the scanner',
    '',
    'Written by `node test/scanning/quality.ts`. Every sample is a small file of its own, made from a seed: a credential in the shape of a',
    'detector, in one of the places in which people leave them (Python, shell, YAML, JSON, TOML, Docker, Kubernetes, Terraform, JavaScript,',
    'Go, Java, Rust, R, notes, logs, notebooks and more), or a text that must stay silent. The samples were written beside the detectors,',
    'not from them, but by the same authors: figures on the code of others will be lower.',
    '',
    '## Found',
    '',
    '| class | samples | found | at least | of these exactly the secret |',
    '|---|---|---|---|---|',
    ...found,
    '',
    '## Must stay silent',
    '',
    `${families} kinds of places. Flagged means reported at any confidence; at most ${percent(SILENT_BAR, 1)} may be.`,
    '',
    '| kind | samples | flagged | part |',
    '|---|---|---|---|',
    ...quiet,
    `| all | ${silent.samples} | ${silent.flagged} | ${percent(silent.flagged, silent.samples)} |`,
    '',
    ...firstContact,
    trees,
  ].join('\n');
}
