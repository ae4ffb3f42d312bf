import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../../foundation/canonical-json.ts';
import { signCheckpoint } from '../../../transparency/checkpoint.ts';
import { encodeEntries, encodeIndexHeader, type IndexEntry, PUBLIC_KEYS, segmentFile } from '../../../transparency/log-format.ts';
import { CompactRange, leafHash } from '../../../transparency/merkle.ts';
import { createSigner } from '../../../transparency/note.ts';

const START = Date.UTC(2026, 0, 2);

function eventAt(sequence: number): string {
  return canonicalJson({
    actor: { user: { name: 'trainer', uid: 'accessor' } },
    api: { operation: 'kv.read' },
    metadata: { sequence, uid: `r${sequence}` },
    resources: [{ name: `secret/data/team/${sequence}` }],
    time: START + sequence * 1_000,
    unmapped: { outcome: sequence % 4 === 3 ? 'denied' : 'success', phase: 'complete' },
  });
}

/** Writes a signed log of twelve reads, one each second, every fourth denied. Gives its public key. */
export function writeSmallLog(directory: string): string {
  const signer = createSigner('watchword/test', generateKeyPairSync('ed25519').privateKey);
  const tree = CompactRange.empty();
  const entries: IndexEntry[] = [];
  let text = '';
  for (let sequence = 0; sequence < 12; sequence++) {
    const line = eventAt(sequence);
    const leaf = leafHash(Buffer.from(line));
    tree.append(leaf);
    text += `${line}\n`;
    entries.push({ leaf, end: Buffer.byteLength(text) });
  }
  const note = signCheckpoint({ size: tree.size, root: tree.root() }, START + 20_000, signer);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, segmentFile(0, 'events')), text);
  writeFileSync(
    join(directory, segmentFile(0, 'index')),
    Buffer.concat([encodeIndexHeader(CompactRange.empty()), encodeEntries(entries)]),
  );
  writeFileSync(join(directory, segmentFile(0, 'checkpoints')), `${note}\n`);
  writeFileSync(join(directory, PUBLIC_KEYS), `${signer.verifier.text}\n`);
  return signer.verifier.text;
}
