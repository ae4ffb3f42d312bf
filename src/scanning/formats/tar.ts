import type { Format, Piece } from '../format.ts';
import { tarHeader } from './tar-header.ts';
import { tarMembers } from './tar-members.ts';

export const tar: Format = {
  kind: 'tar',
  title: 'tar archive',
  recognises: (path, head) => isTar(head) || ((path.endsWith('.tar') || path.endsWith('.ova')) && isHeader(head)),
  unfold: (content) => unfoldTar(content),
};

const isHeader = (head: Uint8Array): boolean => head.length >= 512 && tarHeader(head.subarray(0, 512)) !== undefined;

export const isTar = (head: Uint8Array): boolean =>
  head[257] === 0x75 && head[258] === 0x73 && head[259] === 0x74 && head[260] === 0x61 && head[261] === 0x72 && isHeader(head);

async function* unfoldTar(content: Parameters<Format['unfold']>[0]): AsyncGenerator<Piece> {
  for await (const member of tarMembers(content)) {
    if (member.kind === 'problem') yield { kind: 'problem', address: '', reason: member.reason };
    else if (member.kind === 'file') yield { kind: 'file', path: member.name, content: member.content };
  }
}
