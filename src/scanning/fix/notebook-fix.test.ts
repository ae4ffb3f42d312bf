import { describe, expect, test } from 'vitest';
import { bytesContent } from '../content.ts';
import { github } from '../detectors/github.ts';
import { Maker } from '../detectors/maker.ts';
import { Scanner } from '../engine/scanner.ts';
import { notebook } from '../formats/notebook.ts';
import { tokenFrom } from '../formats/testing/unfold.ts';
import { newProgress, type Sighting } from '../sighting.ts';
import { Unfolder } from '../unfolder.ts';
import { fixNotebook, type NotebookFixMode } from './notebook-fix.ts';
import { variableName } from './variable-name.ts';

const make = new Maker('notebook-fix');
const token = tokenFrom(make);
const second = tokenFrom(make);

const code = (source: unknown, outputs: readonly unknown[] = []) => ({
  cell_type: 'code',
  execution_count: 7,
  metadata: {},
  outputs,
  source,
});
const stream = (text: string) => ({ name: 'stdout', output_type: 'stream', text: [text] });
const bytesOf = (cells: readonly unknown[], indent = 1) =>
  Buffer.from(`${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, undefined, indent)}\n`);
const scanner = new Scanner(github);

async function scan(bytes: Uint8Array): Promise<Sighting[]> {
  const seen: Sighting[] = [];
  const unfolder = new Unfolder(scanner, [notebook], newProgress());
  for await (const event of unfolder.file('a.ipynb', bytesContent(bytes))) if (event.kind === 'sighting') seen.push(event);
  return seen;
}

async function fixed(bytes: Uint8Array, mode: NotebookFixMode = 'replace') {
  const fix = fixNotebook(bytes, await scan(bytes), mode, 'team');
  const book = JSON.parse(Buffer.from(fix.bytes).toString('utf8'));
  return { ...fix, book, sourceOf: (cell: number): string => [book.cells[cell].source].flat().join('') };
}

const sourceAfter = async (source: string): Promise<string> => (await fixed(bytesOf([code(source)]))).sourceOf(0);

describe('a literal is replaced by a read of the environment', () => {
  test.for([
    [`OPENAI_API_KEY = "${token}"`, 'OPENAI_API_KEY = os.environ["OPENAI_API_KEY"]'],
    [`client = Client(token='${token}')`, 'client = Client(token=os.environ["GITHUB_TOKEN"])'],
    [`conf = {"service-key": r'${token}', "a": 1}`, 'conf = {"service-key": os.environ["SERVICE_KEY"], "a": 1}'],
    [`myServiceToken: str = """${token}"""`, 'myServiceToken: str = os.environ["MY_SERVICE_TOKEN"]'],
    [`PAT_ONE = b"${token}"`, 'PAT_ONE = os.environ["PAT_ONE"].encode()'],
    [`f("https://u:${token}@h/x")`, 'f("https://u:" + os.environ["GITHUB_PERSONAL_ACCESS_TOKEN"] + "@h/x")'],
    [`f("Bearer ${token}")`, 'f("Bearer " + os.environ["GITHUB_PERSONAL_ACCESS_TOKEN"])'],
    [`f("${token} x".strip())`, 'f((os.environ["GITHUB_PERSONAL_ACCESS_TOKEN"] + " x").strip())'],
    [`f(f"Bearer ${token} {x}")`, `f(f"Bearer {os.environ['GITHUB_PERSONAL_ACCESS_TOKEN']} {x}")`],
  ] as const)('case %#', async ([before, after]) => {
    expect(await sourceAfter(`import os\nx = "#"\n${before}\ny = 'é'`)).toBe(`import os\nx = "#"\n${after}\ny = 'é'`);
  });

  test.for([
    ['', 'openai-project-key', 'OPENAI_API_KEY'],
    ['token = ', 'hugging-face-access-token', 'HF_TOKEN'],
    ['{"Authorization": ', 'github-personal-access-token', 'GITHUB_PERSONAL_ACCESS_TOKEN'],
    ['url = ', 'postgresql-url', 'POSTGRESQL_URL'],
    ['MY_KEY = ', 'openai-project-key', 'MY_KEY'],
  ] as const)('whose name is the one that libraries look up, or says what it is: case %#', ([before, detector, name]) => {
    expect(variableName(before, detector)).toBe(name);
  });

  test('outside of a string, by a word that says what stood there', async () => {
    const name = 'GITHUB_PERSONAL_ACCESS_TOKEN';
    expect(await sourceAfter(`# seen ${token}`)).toBe(`# seen <${name}>`);
    expect(await sourceAfter(`!curl -u x:${token} x`)).toBe(`!curl -u x:$${name} x`);
    expect(await sourceAfter(`!curl -H 'token ${token}' x`)).toBe(`!curl -H 'token '"$${name}"'' x`);
    expect(await sourceAfter(`%env PAT=${token}`)).toBe('%env PAT=<PAT>');
    expect(await sourceAfter(`%%bash\nexport PAT=${token}`)).toBe('%%bash\nexport PAT=$PAT');
    const bytes = bytesOf([{ cell_type: 'markdown', metadata: {}, source: [`key: ${token}`] }]);
    expect((await fixed(bytes)).sourceOf(0)).toBe(`key: <${name}>`);
  });
});

describe('import os', () => {
  test('is added as a line of its own, below a cell magic, as the file is indented', async () => {
    const lines = ['%%time\n', 'x = 1\n', `key_one = "${token}"`];
    const bytes = bytesOf([code(lines), code('print(1)')], 2);
    const { book, bytes: after } = await fixed(bytes);
    expect(book.cells[0].source).toEqual(['%%time\n', 'import os\n', 'x = 1\n', 'key_one = os.environ["KEY_ONE"]']);
    const written = JSON.stringify(book, undefined, 2);
    expect(`${written}\n`).toBe(Buffer.from(after).toString('utf8'));
  });

  test('is not added twice, nor where it is already', async () => {
    const source = `import sys, os\nk_a = "${token}"\nk_b = "${second}"`;
    expect(await sourceAfter(source)).toBe('import sys, os\nk_a = os.environ["K_A"]\nk_b = os.environ["K_B"]');
    expect(await sourceAfter(`k_a = "${token}"\nk_b = "${second}"`)).toBe(
      'import os\nk_a = os.environ["K_A"]\nk_b = os.environ["K_B"]',
    );
  });

  test('stands before a literal that begins the cell', async () => {
    expect(await sourceAfter(`"${token}"`)).toBe('import os\nos.environ["GITHUB_PERSONAL_ACCESS_TOKEN"]');
  });
});

describe('outputs', () => {
  const bytes = bytesOf([code('1', [stream('fine')]), code('2', [stream('a'), stream(token)]), code(`k = "${second}"`)]);

  test('with a secret are cleared, and nothing else changes', async () => {
    const { bytes: after, advice } = await fixed(bytes, 'clear-outputs');
    const expected = JSON.parse(bytes.toString());
    expected.cells[1] = { ...expected.cells[1], outputs: [], execution_count: null };
    expect(Buffer.from(after).toString()).toBe(`${JSON.stringify(expected, undefined, 1)}\n`);
    expect(advice).toEqual(['a.ipynb#cell[2].source:1 is not in an output: replace it, or take it out by hand']);
  });

  test('are all cleared when that is asked for', async () => {
    const { book } = await fixed(bytes, 'clear-all-outputs');
    expect(book.cells.map(({ outputs }: { outputs: unknown[] }) => outputs.length)).toEqual([0, 0, 0]);
  });
});

describe('a fix', () => {
  const bytes = bytesOf([code([`k_one = "${token}"\n`, `print("${second}")`], [stream(token)])]);

  test('leaves no secret, in the file, the difference or the advice', async () => {
    const { bytes: after, diff, advice } = await fixed(bytes);
    expect(await scan(after)).toEqual([]);
    for (const secret of [token, second]) {
      for (const text of [Buffer.from(after).toString(), diff, advice.join('\n')])
        expect(text).not.toContain(secret.slice(4, 16));
    }
  });

  test('done twice changes nothing the second time', async () => {
    const { bytes: after } = await fixed(bytes);
    const again = await fixed(after);
    expect(again.bytes).toBe(after);
    expect(again.diff).toBe('');
  });

  test('shows what changes', async () => {
    const { diff } = await fixed(bytesOf([code(['a = 1\n', `k_one = "${token}"\n`, 'b = 2'])]));
    expect(diff.split('\n').filter((line) => /^[-+@]/.test(line))).toEqual([
      '--- a/a.ipynb',
      '+++ b/a.ipynb',
      '@@ -3,5 +3,5 @@',
      '-   "execution_count": 7,',
      '+   "execution_count": null,',
      '@@ -7,6 +7,7 @@',
      '-    "a = 1\\n",',
      '-    "k_one = \\"ghp_…\\"\\n",',
      '+    "import os\\n",',
      '+    "a = 1\\n",',
      '+    "k_one = os.environ[\\"K_ONE\\"]\\n",',
    ]);
  });

  test('says how to store the successor', async () => {
    const { advice } = await fixed(bytesOf([code(`k_one = "${token}"`)]));
    expect(advice.slice(1)).toEqual([
      'watchword kv put secret/team/k-one value=-',
      'export K_ONE="$(watchword kv get --field value secret/team/k-one)"',
    ]);
  });

  test('is refused when the file has changed since it was scanned', async () => {
    const seen = await scan(bytes);
    const other = Buffer.concat([Buffer.from(' '), bytes]);
    expect(() => fixNotebook(other, seen, 'replace')).toThrow(expect.objectContaining({ code: 'scan.file-changed' }));
  });
});
