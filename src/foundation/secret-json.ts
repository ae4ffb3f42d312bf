import { Secret } from './secret.ts';

const TAG = '$secret';
/** What looks like our tag, or like one that was disguised, but is a name of somebody else's. */
const LIKE_TAG = /^\$+secret$/;

/**
 * JSON in which Secrets are really present, for bytes that are encrypted at once and for nothing else. Whatever else is in the
 * value, also an object with a member called as our tag, comes back as it was.
 * The caller zeroes the Buffer. {@link parseWithSecrets} gives the value back.
 */
export function printWithSecrets(value: unknown): Buffer {
  return Buffer.from(
    JSON.stringify(value, function (this: Record<string, unknown>, key: string, member: unknown) {
      // JSON.stringify has called toJSON already; the original still hangs on the holder.
      const original = this[key];
      if (original instanceof Secret) return { [TAG]: original.bytes.toString('base64') };
      return renamed(member, (name) => (LIKE_TAG.test(name) ? `$${name}` : name));
    }),
  );
}

export function parseWithSecrets(json: Uint8Array): unknown {
  return JSON.parse(Buffer.from(json).toString('utf8'), (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const encoded = Object.hasOwn(member, TAG) ? (member as Record<string, unknown>)[TAG] : undefined;
    if (typeof encoded === 'string') return Secret.own(Buffer.from(encoded, 'base64'));
    return renamed(member, (name) => (LIKE_TAG.test(name) ? name.slice(1) : name));
  });
}

/** The same value unless it is an object with a name that looks like our tag. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (!Object.keys(value).some((name) => LIKE_TAG.test(name))) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), member]));
}
