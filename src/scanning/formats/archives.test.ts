import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import type { Format } from '../format.ts';
import * as all from './index.ts';
import { tarOf } from './testing/tar-writer.ts';
import { tokenFrom, type Unfolded, unfold } from './testing/unfold.ts';
import { zipOf } from './testing/zip-writer.ts';

const formats: readonly Format[] = Object.values(all);
const token = tokenFrom(new Maker('archives'));
const text = `# settings\n\nTOKEN=${token}\n`;
const noise = new Maker('noise').bytes(3000);

const addresses = ({ seen }: Unfolded): readonly string[] => seen.map(({ address }) => address).sort();
const found = async (path: string, bytes: Uint8Array): Promise<readonly string[]> =>
  addresses(await unfold(formats, path, bytes));

describe('a zip', () => {
  test.for([
    {
      what: 'deflated, stored and zstd members',
      bytes: zipOf([0, 8, 93].map((method) => ({ name: `${method}/.env`, bytes: text, method: method as 0 }))),
      count: 3,
    },
    { what: 'sizes behind the member', bytes: zipOf([{ name: '1/.env', bytes: text, streamed: true }]), count: 1 },
    {
      what: 'zip64 fields',
      bytes: zipOf(
        [
          { name: '1/.env', bytes: text },
          { name: '2/.env', bytes: text },
        ],
        { zip64: true },
      ),
      count: 2,
    },
    {
      what: 'a program before it',
      bytes: zipOf([{ name: '1/.env', bytes: text }], { before: `#!/usr/bin/python\n${noise.toString('hex')}` }),
      count: 1,
    },
    {
      what: 'something behind it',
      bytes: Buffer.concat([zipOf([{ name: '1/.env', bytes: text }]), Buffer.alloc(100)]),
      count: 1,
    },
  ])('is read with $what', async ({ bytes, count }) => {
    const { seen, problems } = await unfold(formats, 'models.pyz', bytes);
    expect(problems).toEqual([]);
    expect(seen.map(({ address }) => address)).toEqual(
      Array.from({ length: count }, () => expect.stringMatching(/^!\d+\/\.env:3$/)),
    );
  });

  test('is known by its signature, whatever its name', async () => {
    for (const path of ['a.whl', 'b.jar', 'c.docx', 'd.txt', 'e'])
      expect(await found(path, zipOf([{ name: 'x', bytes: text }]))).toEqual(['!x:3']);
  });

  test('with names that lead elsewhere or are no UTF-8 is only read', async () => {
    const names = ['../../etc/passwd', '/etc/x', Buffer.from('caf\xe9', 'latin1'), 'a\u0007b'];
    const bytes = zipOf(names.map((name) => ({ name, bytes: text })));
    expect(await found('a.zip', bytes)).toEqual(['!../../etc/passwd:3', '!/etc/x:3', '!a\u0007b:3', '!caf\xe9:3']);
  });

  test('with an encrypted member says so and reads the others', async () => {
    const bytes = zipOf([
      { name: 'secret', bytes: text, encrypted: true },
      { name: 'open', bytes: text },
    ]);
    const { seen, problems } = await unfold(formats, 'a.zip', bytes);
    expect(problems).toEqual(['a.zip!secret: encrypted']);
    expect(seen.map(({ address }) => address)).toEqual(['!open:3']);
  });

  test.for([false, true])('that was cut is read as far as it goes, sizes behind members: %s', async (streamed) => {
    const bytes = zipOf([
      { name: 'first', bytes: text, streamed },
      { name: 'second', bytes: Buffer.concat([Buffer.from(text), noise]), method: 8, streamed },
    ]);
    const { seen, problems } = await unfold(formats, 'a.zip', bytes.subarray(0, bytes.length - 1800));
    expect(seen.map(({ address }) => address)).toEqual(expect.arrayContaining(['!first:3']));
    expect(problems.join()).toContain('ends too early');
  });

  test('with a damaged member reads what comes before the damage, and the other members', async () => {
    const long = Buffer.concat([Buffer.from(text), Buffer.from(new Maker('x').chars('base64', 200_000))]);
    const bytes = zipOf([
      { name: 'damaged', bytes: long },
      { name: 'whole', bytes: text },
    ]);
    bytes.fill(0xff, 100_000, 100_100);
    const { seen, problems } = await unfold(formats, 'a.zip', bytes);
    expect(seen.map(({ address }) => address).sort()).toEqual(['!damaged:3', '!whole:3']);
    expect(problems).toEqual([expect.stringMatching(/^a\.zip!damaged: .*damaged/)]);
  });

  test('whose members lie inside each other gives each byte once', async () => {
    const inner = zipOf([{ name: 'a', bytes: text, method: 0 }]);
    const bytes = zipOf([
      { name: 'outer', bytes: inner, method: 0 },
      { name: 'b', bytes: text },
    ]);
    // The directory says that the second begins in the middle of the first.
    bytes.writeUInt32LE(40, bytes.lastIndexOf(Buffer.from('PK\x01\x02')) + 42);
    const { problems } = await unfold(formats, 'a.zip', bytes);
    expect(problems).toEqual(['a.zip: 1 members lie inside other members']);
  });
});

describe('a tar', () => {
  const long = `${'folder/'.repeat(30)}.env`;

  test('is read with long names, links, folders and an empty file', async () => {
    const bytes = tarOf([
      { name: 'd/', type: '5' },
      { name: 'link', type: '2' },
      { name: 'empty' },
      { name: long, bytes: text },
      { name: './.env', bytes: text },
      { name: 'sparse', type: 'S', bytes: text },
    ]);
    const { seen, problems } = await unfold(formats, 'a.tar', bytes);
    expect(problems).toEqual([]);
    expect(seen.map(({ address }) => address)).toEqual([`!${long}:3`, '!./.env:3', '!sparse:3']);
  });

  test('that was cut is read as far as it goes', async () => {
    const bytes = tarOf([
      { name: 'a', bytes: text },
      { name: 'b', bytes: text, size: 5000 },
    ]).subarray(0, 1536 + text.length);
    const { seen, problems } = await unfold(formats, 'a.tar', bytes);
    expect(seen.map(({ address }) => address)).toEqual(['!a:3', '!b:3']);
    expect(problems).toEqual(['a.tar: the archive ends too early']);
  });

  test('is read on behind a damaged header', async () => {
    const bytes = tarOf([
      { name: 'a', bytes: text },
      { name: 'b', bytes: text },
      { name: 'c', bytes: text },
    ]);
    bytes.fill(7, 1024, 1100);
    const { seen, problems } = await unfold(formats, 'a.tar', bytes);
    expect(seen.map(({ address }) => address)).toEqual(['!a:3', '!c:3']);
    expect(problems).toEqual([expect.stringContaining('no header where one belongs, at byte 1024')]);
  });
});

describe('compressed files', () => {
  const small = 'line of text 1\nline of text 2\nline of text 2\n';

  test.for([
    { name: 'data.jsonl.gz', bytes: gzipSync(text), inside: '!data.jsonl:3' },
    { name: 'data.jsonl.zst', bytes: zstdCompressSync(text), inside: '!data.jsonl:3' },
    { name: 'wrong-name', bytes: gzipSync(text), inside: '!wrong-name:3' },
    { name: 'x.tar.gz', bytes: gzipSync(tarOf([{ name: 'conf/.env', bytes: text }])), inside: '!conf/.env:3' },
    { name: 'x.tgz', bytes: gzipSync(tarOf([{ name: 'conf/.env', bytes: text }])), inside: '!conf/.env:3' },
    { name: 'x.tar.zst', bytes: zstdCompressSync(tarOf([{ name: 'conf/.env', bytes: text }])), inside: '!conf/.env:3' },
    { name: 'two.gz', bytes: Buffer.concat([gzipSync('a\nb\n'), gzipSync(`TOKEN=${token}`)]), inside: '!two:3' },
    { name: 'two.zst', bytes: Buffer.concat([zstdCompressSync('a\nb\n'), zstdCompressSync(`TOKEN=${token}`)]), inside: '!two:3' },
    {
      name: 'w.zip',
      bytes: zipOf([{ name: 'in.tar.gz', bytes: gzipSync(tarOf([{ name: 'e', bytes: text }])) }]),
      inside: '!in.tar.gz!e:3',
    },
  ])('$name is unfolded', async ({ name, bytes, inside }) => {
    const { seen, problems } = await unfold(formats, `dir/${name}`, bytes);
    expect(problems).toEqual([]);
    expect(seen.map(({ address }) => address)).toEqual([inside]);
  });

  test('cut short give what came before the cut', async () => {
    const bytes = gzipSync(text + new Maker('more').chars('base64', 3000));
    const { seen, problems } = await unfold(formats, 'a.gz', bytes.subarray(0, 2000));
    expect(seen.map(({ address }) => address)).toEqual(['!a:3']);
    expect(problems).toEqual(['a.gz: the gzip data end too early']);
  });

  test.for([
    ['xz', '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAsABhdADYaSh8IoYy6tt4w7JBlobUlUeV/ZLcAAABs2vxPGC1wqgABNC2pGnPeH7bzfQEAAAAABFla'],
    ['bz2', 'QlpoOTFBWSZTWZhrU1EAAA3ZgAAQQAAwAAMlhEAgACK/1UDRkEDQNDNs02hCWlKSpDy6XxdyRThQkJhrU1E='],
    ['lzma', 'XQAAgAD//////////wA2GkofCKGMurbeMOyQZaG1JVHlf26Wg///+1vAAA=='],
  ])('%s is read', async ([suffix = '', base64 = '']) => {
    const bytes = Buffer.from(base64, 'base64');
    const format = formats.find((one) => one.recognises(`a.${suffix}`, bytes));
    const { Budget } = await import('../budget.ts');
    const { bytesContent } = await import('../content.ts');
    const pieces = format?.unfold(bytesContent(bytes), `a.${suffix}`, new Budget(undefined)) ?? [];
    const inside: string[] = [];
    for await (const piece of pieces) if (piece.kind === 'file') inside.push(Buffer.from(await piece.content.whole()).toString());
    expect(inside).toEqual([small]);
  });
});

describe('an ar archive', () => {
  const member = (name: string, bytes: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from(
        `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(bytes.length).padEnd(10)}\x60\n`,
      ),
      bytes,
      Buffer.alloc(bytes.length % 2, '\n'),
    ]);
  const archive = (...members: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from('!<arch>\n'), ...members]);

  test('that is a Debian package is read down to its files', async () => {
    const data = gzipSync(tarOf([{ name: './etc/app.conf', bytes: text }]));
    const bytes = archive(member('debian-binary', Buffer.from('2.0\n')), member('data.tar.gz', data));
    expect(await found('a.deb', bytes)).toEqual(['!data.tar.gz!./etc/app.conf:3']);
  });

  test('has its long names from GNU or BSD', async () => {
    const gnu = [member('//', Buffer.from('first-long-name.env/\nsecond-long-name.env/\n')), member('/21', Buffer.from(text))];
    const bytes = archive(
      ...gnu,
      member('#1/20', Buffer.concat([Buffer.from('bsd-name.env'), Buffer.alloc(8), Buffer.from(text)])),
    );
    expect(await found('a.a', bytes)).toEqual(['!bsd-name.env:3', '!second-long-name.env:3']);
  });
});
