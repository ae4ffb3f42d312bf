/** Whether a file begins with these bytes, one for each character. Asked of every file, so nothing is allocated. */
export function beginsWith(head: Uint8Array, magic: string): boolean {
  if (head.length < magic.length) return false;
  for (let at = 0; at < magic.length; at += 1) if (head[at] !== magic.charCodeAt(at)) return false;
  return true;
}
