import type { Format, Piece } from '../format.ts';
import { tarHeader } from './tar-header.ts';
import { tarMembers } from './tar-members.ts';

const MAGIC = Buffer.from('ustar');

export const tar: Format = {
  kind: 'tar',
  title: 'tar archive',
  recognises: (path, head) =>
    isTar(head) || (/\.(?:tar|ova)$/i.test(path) && head.length > 0 && tarHeader(head.subarray(0, 512)) !== undefined),
  unfold: (content) => unfoldTar(content),
};

export const isTar = (head: Uint8Array): boolean =>
  head.length >= 512 && MAGIC.equals(head.subarray(257, 262)) && tarHeader(head.subarray(0, 512)) !== undefined;

async function* unfoldTar(content: Parameters<Format['unfold']>[0]): AsyncGenerator<Piece> {
  for await (const member of tarMembers(content)) {
    if (member.kind === 'problem') yield { kind: 'problem', address: '', reason: member.reason };
    else if (member.kind === 'file') yield { kind: 'file', path: member.name, content: member.content };
  }
}
