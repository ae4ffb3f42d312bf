import type { Format, Piece } from '../format.ts';
import { zipMembers } from './zip-members.ts';

/** Programs and scripts that may have an archive at their end. */
const CARRIERS = /\.(?:exe|pyz|pyzw|pex|par|bin|run|crx|xpi)$/i;

/** Also jar, whl, egg, nupkg, docx, xlsx, pptx, apk: whatever the name says, it is known by its signature. */
export const zip: Format = {
  kind: 'zip',
  title: 'zip archive',
  recognises: (path, head) => isZip(head) || (isProgram(head) && CARRIERS.test(path)),
  async *unfold(content, _path, budget): AsyncGenerator<Piece> {
    for await (const member of zipMembers(content, budget)) {
      if (member.kind === 'member') yield { kind: 'file', path: member.name, content: member.content };
      const reason = member.kind === 'problem' ? member.reason : member.problem;
      if (reason !== undefined) yield { kind: 'problem', address: member.name, member: true, reason };
    }
  },
};

const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 &&
  head[1] === 0x4b &&
  ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6) || (head[2] === 7 && head[3] === 8));

/** Windows, ELF, a script, an extension of a browser. */
const isProgram = (head: Uint8Array): boolean =>
  (head[0] === 0x4d && head[1] === 0x5a) ||
  (head[0] === 0x7f && head[1] === 0x45) ||
  (head[0] === 0x23 && head[1] === 0x21) ||
  (head[0] === 0x43 && head[1] === 0x72 && head[2] === 0x32);
