import type { Finding } from '../finding-list.ts';
import { variableName } from '../fix/variable-name.ts';
import { counted, printable } from '../reports/printable.ts';

/** A line of the language that reads the secret from the store; `%` stands for its path below the mount. */
const reads: readonly (readonly [endings: RegExp, line: string])[] = [
  [/\.(?:py|ipynb)$/, "hvac.Client().secrets.kv.v2.read_secret_version(path='%')['data']['data']['value']"],
  [/\.(?:[cm]?[jt]s|[jt]sx)$/, "(await vault.read('secret/data/%')).data.data.value"],
  [/\.(?:sh|bash|zsh|slurm|sbatch)$/, '$(watchword kv get -field=value secret/%)'],
];

/** Notebooks named in a cure; a command of any length is not read. */
const MOST_NOTEBOOKS = 5;

/**
 * What to do about findings instead of committing them, in a form that can be pasted. `project` names a folder of the store, `program` is
 * how this one is called.
 */
export function cureLines(findings: readonly Finding[], project: string, program: string): string[] {
  const notebooks = [...new Set(findings.flatMap(({ places }) => places.map(({ path }) => path)))].filter((path) =>
    path.endsWith('.ipynb'),
  );
  const [first, ...others] = findings.filter(({ places }) => places.some(({ address }) => !isOutput(address)));
  return [
    ...notebookLines(notebooks, program),
    ...(first === undefined ? [] : storeLines(first, `${project}/${first.detector}`, program, others.length)),
  ];
}

const isOutput = (address: string): boolean => /#(?:cell\[\d+\]\.)?(?:outputs|.*\.outputs)\b/.test(address);

function notebookLines(paths: readonly string[], program: string): string[] {
  if (paths.length === 0) return [];
  const named = paths.slice(0, MOST_NOTEBOOKS).map((path) => shellWord(printable(path)));
  const more = paths.length > named.length ? ` (and ${counted(paths.length - named.length, 'more notebook')})` : '';
  return [
    `cure: clear outputs, and read the environment in place of a secret; the change is shown, then made:${more}`,
    `        ${program} scan --fix ${named.join(' ')}`,
  ];
}

function storeLines({ places, detector }: Finding, name: string, program: string, others: number): string[] {
  const path = places.find(({ address }) => !isOutput(address))?.path ?? '';
  const read = reads.find(([endings]) => endings.test(path))?.[1].replace('%', () => name);
  const again = others === 0 ? '' : `, and likewise ${counted(others, 'more finding')}`;
  return [
    `cure: put it into the store${again}:`,
    `        ${program} kv put secret/${name} value=-`,
    '      and in its place:',
    `        ${read ?? `a reference to $${variableName('', detector)}, filled by: ${program} kv get -field=value secret/${name}`}`,
  ];
}

/** Ready to be pasted. */
const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The last folder's name in the words of a store path. */
export const projectName = (root: string): string =>
  root
    .replace(/[\\/]+$/, '')
    .replace(/^.*[\\/]/, '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-') || 'project';
