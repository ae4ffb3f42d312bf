import type { Budget } from '../budget.ts';
import { type Content, seekable } from '../content.ts';
import { nameOf } from '../file-name.ts';
import type { Format, Piece } from '../format.ts';
import { configText } from './image-config.ts';
import { entryContent, type ImageIndex, imageIndex, plainName } from './image-index.ts';
import { LaterLayers, unfoldLayer } from './image-layers.ts';
import { type Image, images, parsed } from './image-manifest.ts';
import { isTar, tar } from './tar.ts';

/** The manifests of an image may stand at the end of its tar: inside a compressed stream all of it is held. */
const HELD = 512 * 1024 * 1024;
const MAYBE =
  /^(?:$|\.$|blobs(?:\/|$)|oci-layout$|index\.json$|manifest\.json$|repositories$|[0-9a-f]{64}(?:\/|\.json$)|PaxHeaders)/;

/** What `docker save` writes, and the OCI image layout in a tar. A tar that only looks like one is read as a tar. */
export const containerImage: Format = {
  kind: 'container-image',
  title: 'container image',
  recognises: (_path, head) => isTar(head) && MAYBE.test(firstName(head)),
  unfold,
};

function firstName(head: Uint8Array): string {
  const bytes = head.subarray(0, 100);
  const end = bytes.indexOf(0);
  return plainName(nameOf(end < 0 ? bytes : bytes.subarray(0, end)));
}

async function* unfold(content: Content, path: string, budget: Budget): AsyncGenerator<Piece> {
  const index = await imageIndex(content);
  if (index === undefined) {
    yield* tar.unfold(content, path, budget);
    return;
  }
  const archive = await seekable(content, HELD);
  for (const reason of index.problems) yield { kind: 'problem', address: '', reason };
  const { images: all, manifests } = images(index);
  const done = new Set<string>(manifests);
  for (const [at, image] of all.entries())
    yield* unfoldImage(archive, index, image, all.length === 1 ? '' : `image[${at}]/`, done, budget);
  for (const name of index.entries.keys()) {
    const rest = done.has(name) && !manifests.has(name) ? undefined : entryContent(archive, index, name);
    if (rest !== undefined) yield { kind: 'file', path: name, content: rest };
  }
}

/** Configuration and layers; a layer that an image before had is not read again. */
async function* unfoldImage(
  archive: Content,
  index: ImageIndex,
  { config, layers }: Image,
  prefix: string,
  done: Set<string>,
  budget: Budget,
): AsyncGenerator<Piece> {
  const document = config === undefined ? undefined : parsed(index, config);
  if (config !== undefined && document !== undefined && !done.has(config)) {
    done.add(config);
    yield configText(document, prefix);
  }
  const later = new LaterLayers();
  for (const [at, layer] of [...layers.entries()].reverse()) {
    const name = `${prefix}layer[${at}]`;
    const blob = entryContent(archive, index, layer.name);
    if (done.has(layer.name)) continue;
    done.add(layer.name);
    if (layer.encrypted) yield { kind: 'problem', address: name, member: true, reason: 'encrypted' };
    else if (blob === undefined)
      yield { kind: 'problem', address: name, member: true, reason: 'the layer is not in the archive' };
    else yield* unfoldLayer(blob, name, later, budget);
  }
}
