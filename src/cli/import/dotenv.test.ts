import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDotenv } from './dotenv.ts';

const data = (text: string) => parseDotenv(text).data;

describe('a .env file', () => {
  it.each([
    ['A=1', '1'],
    ['export A=1', '1'],
    ['  A = 1  ', '1'],
    ['A=one two', 'one two'],
    ['A=one # comment', 'one'],
    ['A=one#two', 'one#two'],
    ['A=# comment', ''],
    ['A=', ''],
    ['A=x=y==', 'x=y=='],
    ["A='one # two'", 'one # two'],
    ["A='a\\nb'", 'a\\nb'],
    ['A="a\\nb"', 'a\nb'],
    ['A="say \\"hi\\" \\\\ \\$5"', 'say "hi" \\ $5'],
    ['A="unknown \\d stays"', 'unknown \\d stays'],
    ['A="one" # comment', 'one'],
    ['A=`it\'s "both"`', 'it\'s "both"'],
    ['A=C:\\temp\\new', 'C:\\temp\\new'],
    ["A=it's", "it's"],
  ])('reads %j', (line, value) => {
    expect(parseDotenv(line)).toMatchObject({ data: { A: value }, problems: [] });
  });

  it('may hold a key over several lines, with what follows in its place', () => {
    const text = 'KEY="-----BEGIN-----\nabc\n-----END-----"\nB=2';
    expect(data(text)).toEqual({ KEY: '-----BEGIN-----\nabc\n-----END-----', B: '2' });
  });

  it('may come from Windows', () => {
    expect(data('\ufeffA=1\r\nB="x\r\ny"\r\n')).toEqual({ A: '1', B: 'x\ny' });
  });

  it('keeps names that JavaScript objects know', () => {
    expect(Object.entries(data('__proto__=x\nconstructor=y'))).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('keeps references as they are written, and says so', () => {
    const home = '$'.concat('{HOME}');
    const { data: kept, notes } = parseDotenv(`A=${home}/x\nB="$USER"\nC='$USER'\nD="cost \\$5"\nE=$(date)`);
    expect(kept).toEqual({ A: `${home}/x`, B: '$USER', C: '$USER', D: 'cost $5', E: '$(date)' });
    expect(notes.map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it('notes a name that occurs twice; the last one counts', () => {
    const { data: kept, notes } = parseDotenv('A=1\n\nA=2');
    expect(kept).toEqual({ A: '2' });
    expect(notes).toEqual([{ line: 3, text: 'A replaces the value of line 1' }]);
  });
});

describe('a line that fits nothing', () => {
  it.each(['just words', '1A=x', 'export A', '=x', 'A="open', "A='open", 'A="x"y', 'A: 1'])('is reported: %j', (line) => {
    const { data: kept, problems } = parseDotenv(`# first\nB=1\n${line}\nC=3\n`);
    expect(problems.map((problem) => problem.line)).toEqual([3]);
    expect(kept).toEqual({ B: '1', C: '3' });
  });

  it('with an unclosed quote does not swallow the entries after it', () => {
    const { data: kept, problems } = parseDotenv('A="open\nB="closed"\nC=3');
    expect(problems).toHaveLength(1);
    expect(kept).toEqual({ B: 'closed', C: '3' });
  });

  it('is never repeated in what is reported', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9"'` $]{12,40}$/), (value) => {
        const { notes, problems } = parseDotenv(`A="${value}\n${value}\nB='${value}`);
        expect(JSON.stringify([notes, problems])).not.toContain(value.trim().slice(0, 12));
      }),
    );
  });
});

describe('whatever a value holds', () => {
  const quoted = (value: string) =>
    `"${value
      .replace(/[\\"$]/g, '\\$&')
      .replace(/\n/g, '\\n')
      .replace(/\r/g, '\\r')}"`;

  it('comes back out of double quotes, and every line is accounted for', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (values) => {
        const text = values.map((value, index) => `K${index}=${quoted(value)}`).join('\n');
        const { data: kept, problems } = parseDotenv(text);
        expect(problems).toEqual([]);
        expect(Object.values(kept)).toEqual(values);
      }),
    );
  });

  it('reading ends, and gives lines that exist', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-C="'`\\#$ \n\r\t{}]{0,60}$/), (text) => {
        const { notes, problems } = parseDotenv(text);
        const lines = text.split(/\r\n?|\n/).length;
        for (const { line } of [...notes, ...problems]) expect(line).toBeLessThanOrEqual(lines);
      }),
    );
  });
});
