import { DerError } from './der.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/** The contents of all blocks of that label, `CERTIFICATE` say. @throws DerError where a block holds a private key or no base64 */
export function readPem(text: string, label: string): Buffer[] {
  const blocks: Buffer[] = [];
  for (const [, found = '', content = ''] of text.matchAll(BLOCK)) {
    if (found.endsWith('PRIVATE KEY')) throw new DerError('a private key');
    if (found === label) blocks.push(decoded(content));
  }
  return blocks;
}

function decoded(content: string): Buffer {
  const base64 = content.replace(/\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== base64) throw new DerError('no base64');
  return bytes;
}
