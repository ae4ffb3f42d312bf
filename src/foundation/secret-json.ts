import { Secret } from './secret.ts';

const TAG = '$secret';

/**
 * JSON in which Secrets are really present, for bytes that are encrypted at once and for nothing else.
 * The caller zeroes the Buffer. {@link parseWithSecrets} gives the value back.
 */
export function printWithSecrets(value: unknown): Buffer {
  return Buffer.from(
    JSON.stringify(value, function (this: Record<string, unknown>, key: string, member: unknown) {
      // JSON.stringify has called toJSON already; the original still hangs on the holder.
      const original = this[key];
      return original instanceof Secret ? { [TAG]: original.bytes.toString('base64') } : member;
    }),
  );
}

export function parseWithSecrets(json: Uint8Array): unknown {
  return JSON.parse(Buffer.from(json).toString('utf8'), (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const keys = Object.keys(member);
    const encoded = (member as Record<string, unknown>)[TAG];
    return keys.length === 1 && typeof encoded === 'string' ? Secret.own(Buffer.from(encoded, 'base64')) : member;
  });
}
