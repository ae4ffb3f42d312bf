import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import type { Format } from '../format.ts';
import * as all from './index.ts';
import { type TarMemberToWrite, tarOf } from './testing/tar-writer.ts';
import { tokenFrom, type Unfolded, unfold } from './testing/unfold.ts';

const formats: readonly Format[] = Object.values(all);
const make = new Maker('images');
const token = (): string => tokenFrom(make);
const [kept, gone, emptied, replaced, env, run, label, stray] = Array.from({ length: 8 }, token);

const config = JSON.stringify({
  config: { Env: ['PATH=/bin', `TOKEN=${env}`], Labels: { note: label } },
  history: [
    { created_by: '/bin/sh -c #(nop) ADD' },
    { created_by: `RUN curl -H "Authorization: Bearer ${run}" https://example.com` },
  ],
  rootfs: { diff_ids: [] },
});
const layers = [
  tarOf([
    { name: 'app/', type: '5' },
    { name: 'app/.env', bytes: `\nTOKEN=${kept}\n` },
    { name: 'app/gone.env', bytes: `TOKEN=${gone}\n` },
    { name: 'data/x/old.env', bytes: `TOKEN=${emptied}\n` },
    { name: './etc/replaced.env', bytes: `TOKEN=${replaced}\n` },
  ]),
  tarOf([{ name: 'app/.wh.gone.env' }, { name: 'etc/replaced.env', bytes: 'nothing here\n' }]),
  tarOf([{ name: 'data/.wh..wh..opq' }]),
];

const expected = [
  ['!config.Env[1]', env],
  ['!config.Labels.note', label],
  ['!history[1].created_by', run],
  ['!layer[0]/app/.env:2', kept],
  ['!layer[0]/app/gone.env:1', gone],
  ['!layer[0]/data/x/old.env:1', emptied],
  ['!layer[0]/etc/replaced.env:1', replaced],
].map(([address, value]) => `${address} ${value}`);

const seenIn = ({ seen }: Unfolded): readonly string[] => seen.map(({ address, value }) => `${address} ${value}`).sort();
const noteOf = ({ seen }: Unfolded, value: string | undefined): string | undefined =>
  seen.find((one) => one.value === value)?.sighting.reasons.find((reason) => / by layer/.test(reason));

function dockerSave(): Buffer {
  const manifest = [{ Config: 'c0ffee.json', RepoTags: ['a:b'], Layers: ['1/layer.tar', '2/layer.tar', '3/layer.tar'] }];
  return tarOf([
    { name: `${'1'.repeat(64)}/`, type: '5' },
    ...layers.map((bytes, at) => ({ name: `${at + 1}/layer.tar`, bytes })),
    { name: 'c0ffee.json', bytes: config },
    { name: 'manifest.json', bytes: JSON.stringify(manifest) },
  ]);
}

/** Layers as a registry has them: one plain, one gzip, one zstd. */
function ociLayout(others: readonly TarMemberToWrite[] = [], platforms = 1): Buffer {
  const blobs: TarMemberToWrite[] = [];
  const add = (content: Uint8Array | string, mediaType: string): object => {
    const digest = createHash('sha256').update(content).digest('hex');
    blobs.push({ name: `blobs/sha256/${digest}`, bytes: content });
    return { mediaType, digest: `sha256:${digest}`, size: content.length };
  };
  const packed = [gzipSync(layers[0] as Buffer), layers[1] as Buffer, zstdCompressSync(layers[2] as Buffer)];
  const descriptors = packed.map((layer) => add(layer, 'application/vnd.oci.image.layer.v1.tar'));
  const manifests = Array.from({ length: platforms }, (_, at) => {
    const own = add(
      at === 0 ? config : JSON.stringify({ config: { Env: [`PLATFORM=${at}`] } }),
      'application/vnd.oci.image.config.v1+json',
    );
    return add(
      JSON.stringify({ schemaVersion: 2, config: own, layers: descriptors }),
      'application/vnd.oci.image.manifest.v1+json',
    );
  });
  const nested = add(JSON.stringify({ schemaVersion: 2, manifests }), 'application/vnd.oci.image.index.v1+json');
  const index = { schemaVersion: 2, manifests: [nested, { mediaType: 'x', digest: `sha256:${'0'.repeat(64)}`, size: 1 }] };
  return tarOf([{ name: 'blobs/', type: '5' }, ...blobs, ...others, { name: 'index.json', bytes: JSON.stringify(index) }]);
}

describe('a container image', () => {
  test.for([
    ['docker save', 'image.tar', dockerSave()],
    ['docker save, compressed', 'image.tar.gz', gzipSync(dockerSave())],
    ['an OCI layout', 'image.tar', ociLayout()],
  ] as const)('written by %s is read layer by layer, with its configuration', async ([, path, bytes]) => {
    const result = await unfold(formats, path, bytes);
    expect(result.problems).toEqual([]);
    expect(seenIn(result)).toEqual(expected);
  });

  test('tells what later layers did to a file', async () => {
    const result = await unfold(formats, 'image.tar', dockerSave());
    expect([kept, gone, emptied, replaced].map((value) => noteOf(result, value))).toEqual([
      undefined,
      'deleted by layer[1]',
      'deleted by layer[2]',
      'overwritten by layer[1]',
    ]);
  });

  test('for two platforms gives a shared layer once', async () => {
    const result = await unfold(formats, 'image.tar', ociLayout([], 2));
    expect(seenIn(result)).toEqual(expected.map((line) => line.replace('!', '!image[0]/')));
  });

  test('is read beyond what its manifest names', async () => {
    const name = `blobs/sha256/${'5'.repeat(64)}`;
    const result = await unfold(
      formats,
      'image.tar',
      ociLayout([{ name, bytes: gzipSync(tarOf([{ name: 'x', bytes: `${stray}` }])) }]),
    );
    expect(seenIn(result)).toEqual([...expected, `!${name}!x:1 ${stray}`].sort());
  });

  test('without one of its layers says which', async () => {
    const manifest = [{ Config: 'c.json', Layers: ['1/layer.tar', '2/layer.tar'] }];
    const bytes = tarOf([
      { name: 'manifest.json', bytes: JSON.stringify(manifest) },
      { name: '1/layer.tar', bytes: layers[0] as Buffer },
    ]);
    const { problems } = await unfold(formats, 'image.tar', bytes);
    expect(problems).toEqual(['image.tar!layer[1]: the layer is not in the archive']);
  });

  test('is not seen in a tar that only begins like one', async () => {
    const bytes = tarOf([
      { name: './', type: '5' },
      { name: './.env', bytes: `TOKEN=${kept}\n` },
    ]);
    expect(seenIn(await unfold(formats, 'a.tar', bytes))).toEqual([`!./.env:1 ${kept}`]);
  });
});
