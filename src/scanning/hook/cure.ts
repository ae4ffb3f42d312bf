import type { Finding } from '../finding-list.ts';
import { printable } from '../reports/printable.ts';

/** A line of the language that reads the secret from the store; `%` stands for its path below the mount. */
const reads: readonly (readonly [endings: RegExp, line: string])[] = [
  [/\.(?:py|ipynb)$/, "hvac.Client().secrets.kv.v2.read_secret_version(path='%')['data']['data']['value']"],
  [/\.(?:[cm]?[jt]s|[jt]sx)$/, "(await vault.read('secret/data/%')).data.data.value"],
  [/\.(?:sh|bash|zsh|slurm|sbatch)$/, '$(watchword kv get -field=value secret/%)'],
];

/** What to do about a finding instead of committing it. `project` names a folder of the store. */
export function cureLines({ places, detector }: Finding, project: string): string[] {
  const [place] = places;
  if (place === undefined) return [];
  const { path, address } = place;
  const file = printable(path);
  if (/#(?:cell\[\d+\]\.)?(?:outputs|.*\.outputs)\b/.test(address)) {
    return [`cure: clear the output before you commit: watchword scan --fix ${shellWord(file)}`];
  }
  const name = `${project}/${detector}`;
  const read = reads.find(([endings]) => endings.test(path))?.[1].replace('%', () => name);
  return [
    `cure: put it into the store:   watchword kv put secret/${name} value=-`,
    `      and in its place:        ${read ?? `a reference to $${variableName(detector)}, filled by: watchword kv get -field=value secret/${name}`}`,
  ];
}

const variableName = (detector: string): string => detector.toUpperCase().replaceAll('-', '_');

/** Ready to be pasted. */
const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The last folder's name in the words of a store path. */
export const projectName = (root: string): string =>
  root
    .replace(/[\\/]+$/, '')
    .replace(/^.*[\\/]/, '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-') || 'project';
