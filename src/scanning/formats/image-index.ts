import { bytesContent, type Content, sliceContent } from '../content.ts';
import { tarMembers } from './tar-members.ts';

const MIB = 1024 * 1024;
/** Larger ones are no manifest and no configuration. */
const DOCUMENT = 4 * MIB;
const DOCUMENTS = 64 * MIB;
/** Entries without any sign of an image after which it is an ordinary archive. */
const PATIENCE = 64;

const SIGN = /^(?:blobs\/|oci-layout$|index\.json$|manifest\.json$|repositories$|[0-9a-f]{64}(?:\/layer\.tar|\.json)$)/;

/** What lies where in the tar of an image. */
export interface ImageIndex {
  readonly entries: ReadonlyMap<string, { readonly offset: number; readonly size: number }>;
  /** JSON texts among them. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly problems: readonly string[];
}

/** Undefined when the archive holds no image. */
export async function imageIndex(tar: Content): Promise<ImageIndex | undefined> {
  const entries = new Map<string, { offset: number; size: number }>();
  const documents = new Map<string, Uint8Array>();
  const problems: string[] = [];
  let held = 0;
  let seen = 0;
  let signs = 0;
  for await (const member of tarMembers(tar)) {
    if (member.kind === 'problem') {
      problems.push(member.reason);
      continue;
    }
    seen += 1;
    const name = plainName(member.name);
    if (SIGN.test(name)) signs += 1;
    else if (signs === 0 && seen > PATIENCE) return undefined;
    if (member.kind !== 'file') continue;
    entries.set(name, { offset: member.offset, size: member.size });
    if (member.size > DOCUMENT || held + member.size > DOCUMENTS) continue;
    const bytes = await member.content.whole();
    if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) continue;
    held += bytes.length;
    documents.set(name, bytes);
  }
  const isImage = documents.has('manifest.json') || documents.has('index.json');
  return isImage ? { entries, documents, problems } : undefined;
}

/** Without what leads nowhere: `./` and `/` at the beginning. */
export const plainName = (name: string): string => name.replace(/^(?:\.?\/)+/, '');

/** A member of a tar that can be read anywhere; undefined when it is not there. */
export function entryContent(tar: Content, index: ImageIndex, name: string): Content | undefined {
  const document = index.documents.get(name);
  if (document !== undefined) return bytesContent(document);
  const entry = index.entries.get(name);
  return entry && sliceContent(tar, entry.offset, entry.size);
}
