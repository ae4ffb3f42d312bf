import type { Format, Piece } from '../format.ts';
import { zipMembers } from './zip-members.ts';

/** Programs and scripts that may have an archive at their end. */
const CARRIERS = /\.(?:exe|pyz|pyzw|pex|par|bin|run|crx|xpi)$/i;

/** Also jar, whl, egg, nupkg, docx, xlsx, pptx, apk: whatever the name says, it is known by its signature. */
export const zip: Format = {
  kind: 'zip',
  title: 'zip archive',
  recognises: (path, head) => isZip(head) || (CARRIERS.test(path) && isProgram(head)),
  async *unfold(content, _path, budget): AsyncGenerator<Piece> {
    for await (const member of zipMembers(content, budget)) {
      if (member.kind === 'member') yield { kind: 'file', path: member.name, content: member.content };
      const reason = member.kind === 'problem' ? member.reason : member.problem;
      if (reason !== undefined) yield { kind: 'problem', address: member.name, reason };
    }
  },
};

const isZip = ([a, b, c, d]: Uint8Array): boolean =>
  a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6) || (c === 7 && d === 8));

/** Windows, ELF, a script, a packed extension. */
const isProgram = ([a, b, c, d]: Uint8Array): boolean =>
  (a === 0x4d && b === 0x5a) || (a === 0x7f && b === 0x45 && c === 0x4c) || (a === 0x23 && b === 0x21) || (a === 0x43 && b === 0x72 && d === 0x34);
