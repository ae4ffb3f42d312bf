import type { TextPiece } from '../format.ts';

/** The texts of an image's configuration, `config.Env[2]` and `history[4].created_by` among them, each with its address. */
export function configText(config: unknown, prefix: string): TextPiece {
  const lines: string[] = [];
  const starts: number[] = [];
  const addresses: string[] = [];
  let length = 0;
  const add = (address: string, line: string): void => {
    starts.push(length);
    addresses.push(`${prefix}${address}`);
    lines.push(line);
    length += Buffer.byteLength(line) + 1;
  };
  // Written out rather than recursive: nothing in a scanned file decides how deep we call.
  const waiting: { readonly value: unknown; readonly address: string; readonly key: string }[] = [
    { value: config, address: '', key: '' },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, address, key } = next;
    if (typeof value === 'string') add(address, key === '' ? value : `${key}=${value}`);
    else if (Array.isArray(value))
      waiting.push(...value.map((inner, at) => ({ value: inner, address: `${address}[${at}]`, key: '' })).reverse());
    else if (typeof value === 'object' && value !== null)
      waiting.push(
        ...Object.entries(value)
          .map(([name, inner]) => ({ value: inner, address: address === '' ? name : `${address}.${name}`, key: name }))
          .reverse(),
      );
  }
  const addressAt = (offset: number): string => addresses[starts.findLastIndex((start) => start <= offset)] ?? prefix;
  return { kind: 'text', bytes: Buffer.from(lines.join('\n')), address: `${prefix}config`, addressAt, member: true };
}
