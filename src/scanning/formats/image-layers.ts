import type { Budget } from '../budget.ts';
import { type Content, gather, streamContent } from '../content.ts';
import { HEAD, type Piece } from '../format.ts';
import { bunzip2 } from './bzip2-decoder.ts';
import { plainName } from './image-index.ts';
import { type Decode, gunzip } from './native-decoder.ts';
import { isTar } from './tar.ts';
import { tarMembers } from './tar-members.ts';
import { unxz } from './xz-decoder.ts';
import { unzstd } from './zstd-decoder.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/**
 * What later layers do to the files of earlier ones. Layers are looked at from the last to the first, so that for each file it is
 * known already whether somebody believes it gone.
 */
export class LaterLayers {
  readonly #deleted = new Map<string, string>();
  readonly #emptied = new Map<string, string>();
  readonly #written = new Map<string, string>();

  /** Why a file of an earlier layer is not seen in the image; undefined when it is. */
  noteOf(path: string): string | undefined {
    const deleting = this.#deleted.get(path) ?? this.#deletingFolder(path);
    if (deleting !== undefined) return `deleted by ${deleting}`;
    const writing = this.#written.get(path);
    return writing === undefined ? undefined : `overwritten by ${writing}`;
  }

  #deletingFolder(path: string): string | undefined {
    if (this.#deleted.size === 0 && this.#emptied.size === 0) return undefined;
    for (let at = path.lastIndexOf('/'); at >= 0; at = at === 0 ? -1 : path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      const deleting = this.#deleted.get(folder) ?? this.#emptied.get(folder);
      if (deleting !== undefined) return deleting;
    }
    return this.#emptied.get('');
  }

  /** Takes the names of a layer into account, for the layers before it. */
  add(layer: string, names: readonly string[]): void {
    for (const path of names) {
      const slash = path.lastIndexOf('/');
      const folder = slash < 0 ? '' : path.slice(0, slash);
      const name = path.slice(slash + 1);
      if (name === OPAQUE) this.#emptied.set(folder, layer);
      else if (name.startsWith(WHITEOUT))
        this.#deleted.set(`${folder === '' ? '' : `${folder}/`}${name.slice(WHITEOUT.length)}`, layer);
      else this.#written.set(path, layer);
    }
  }
}

const compressions: readonly { readonly magic: Buffer; readonly decode: Decode }[] = [
  { magic: Buffer.from([0x1f, 0x8b]), decode: gunzip },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), decode: unzstd },
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58]), decode: unxz },
  { magic: Buffer.from('BZh'), decode: bunzip2 },
];

/** The files of one layer as `layer[1]/app/.env`. What is no tar (an artifact, a model) is one file, `layer[1]`. */
export async function* unfoldLayer(blob: Content, name: string, later: LaterLayers, budget: Budget): AsyncGenerator<Piece> {
  const magic = await blob.head(8);
  const compression = compressions.find((one) => one.magic.equals(magic.subarray(0, one.magic.length)));
  const open = compression && ((): AsyncIterable<Uint8Array> => budget.counted(compression.decode(blob.chunks())));
  const layer = open === undefined ? blob : streamContent(open);
  const { bytes: head, problem } = await gather(layer.chunks(), HEAD);
  if (problem !== undefined) yield { kind: 'problem', address: name, member: true, reason: problem };
  if (!isTar(head.subarray(0, HEAD))) {
    // A layer without files is a tar of nothing but zeros.
    if (head.length > 0 && head.some((byte) => byte !== 0)) yield { kind: 'file', path: name, content: blob };
    return;
  }
  const names: string[] = [];
  for await (const member of tarMembers(layer)) {
    if (member.kind === 'problem') {
      yield { kind: 'problem', address: name, member: true, reason: member.reason };
      continue;
    }
    const path = plainName(member.name);
    names.push(path);
    if (member.kind !== 'file' || member.size === 0) continue;
    const note = later.noteOf(path);
    yield { kind: 'file', path: `${name}/${path}`, content: member.content, ...(note === undefined ? {} : { note }) };
  }
  later.add(name.slice(name.lastIndexOf('layer[')), names);
}
