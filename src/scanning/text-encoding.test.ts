import { expect, test } from 'vitest';
import { asText } from './text-encoding.ts';

const said = 'token = "a value of its own"\n'.repeat(8);
const readAs = (bytes: Uint8Array): string | undefined => {
  const text = asText(bytes);
  return text === undefined ? undefined : Buffer.from(text.bytes).toString('utf8');
};
const utf16 = Buffer.from(said, 'utf16le');

test('UTF-16 is read with a mark and without one, in both orders', () => {
  expect(readAs(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))).toContain(said);
  expect(readAs(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]))).toContain(said);
  expect(readAs(utf16)).toContain(said);
});

test('UTF-16 without a Latin letter is read by its mark', () => {
  const greek = 'κωδικός πρόσβασης '.repeat(10).replaceAll(' ', 'α');
  expect(readAs(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(greek, 'utf16le')]))).toContain(greek);
});

test('two bytes that look like a mark do not hide a text of single bytes', () => {
  expect(readAs(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(said)]))).toBeDefined();
  expect(asText(Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(said)]))?.bytes.includes(said.charCodeAt(0))).toBe(
    true,
  );
  expect(Buffer.from(asText(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(said)]))?.bytes ?? []).includes(said)).toBe(
    true,
  );
});

test('a single zero does not hide a text; bytes of chance are none', () => {
  expect(readAs(Buffer.from(`${said}\0${said}`))).toContain(said);
  expect(asText(Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 197 + (at >> 3) * 31) & 255)))).toBeUndefined();
});
