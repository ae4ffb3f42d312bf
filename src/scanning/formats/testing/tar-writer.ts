export interface TarMemberToWrite {
  readonly name: string;
  readonly bytes?: Uint8Array | string;
  /** `0` unless said. */
  readonly type?: string;
  /** What the header says, when that is not the length of `bytes`. */
  readonly size?: number;
}

const BLOCK = 512;

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

function header({ name, type = '0' }: TarMemberToWrite, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, 'utf8');
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Members and the end mark; longer names get an extended header before them. */
export function tarOf(members: readonly TarMemberToWrite[]): Buffer {
  const parts = members.flatMap((member) => {
    const bytes = Buffer.from(member.bytes ?? '');
    const own = [header(member, member.size ?? bytes.length), padded(bytes)];
    return Buffer.byteLength(member.name) > 100 ? [...paxOf({ path: member.name }), ...own] : own;
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function paxOf(records: Readonly<Record<string, string>>): Buffer[] {
  const text = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const length = Buffer.byteLength(rest);
      const digits = String(length + String(length).length).length;
      return `${length + digits}${rest}`;
    })
    .join('');
  return [header({ name: 'PaxHeaders/0', type: 'x' }, Buffer.byteLength(text)), padded(Buffer.from(text))];
}
