import { type ImageIndex, plainName } from './image-index.ts';

/** One image of an archive: names of members. */
export interface Image {
  readonly config: string | undefined;
  readonly layers: readonly Layer[];
}

export interface Layer {
  readonly name: string;
  readonly encrypted: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The images that the manifests of `docker save` (`manifest.json`) and of the OCI layout (`index.json`, indexes in indexes) name,
 * those with the same layers once. A platform whose manifest was left out of the archive is no image of it.
 */
export function images(index: ImageIndex): { readonly images: readonly Image[]; readonly manifests: ReadonlySet<string> } {
  const found = new Map<string, Image>();
  const manifests = new Set<string>();
  const add = (image: Image): void => {
    const key = JSON.stringify([image.config, image.layers]);
    if (!found.has(key)) found.set(key, image);
  };
  for (const entry of list(parsed(index, 'manifest.json'))) {
    const { Config: config, Layers: layers } = record(entry);
    add({
      config: typeof config === 'string' ? plainName(config) : undefined,
      layers: list(layers).flatMap((layer) => (typeof layer === 'string' ? [{ name: plainName(layer), encrypted: false }] : [])),
    });
  }
  const visit = (document: unknown, depth: number): void => {
    for (const descriptor of list(record(document)['manifests'])) {
      const name = blobName(descriptor);
      if (name === undefined || manifests.has(name) || depth > 8) continue;
      const manifest = record(parsed(index, name));
      if (!('layers' in manifest || 'manifests' in manifest)) continue;
      manifests.add(name);
      if ('layers' in manifest) add(imageOf(manifest));
      visit(manifest, depth + 1);
    }
  };
  visit(parsed(index, 'index.json'), 0);
  return { images: [...found.values()], manifests };
}

function imageOf(manifest: Json): Image {
  const layers = list(manifest['layers']).map((layer) => {
    // One that is not named properly is missing, and to be said so.
    const name = blobName(layer) ?? '';
    return { name, encrypted: String(record(layer)['mediaType']).endsWith('+encrypted') };
  });
  return { config: blobName(manifest['config']), layers };
}

function blobName(descriptor: unknown): string | undefined {
  const { digest } = record(descriptor);
  const [, algorithm, hex] = /^([a-z0-9]+):([0-9a-f]+)$/.exec(typeof digest === 'string' ? digest : '') ?? [];
  return algorithm === undefined ? undefined : `blobs/${algorithm}/${hex}`;
}

export function parsed(index: ImageIndex, name: string): unknown {
  try {
    return JSON.parse(Buffer.from(index.documents.get(name) ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
