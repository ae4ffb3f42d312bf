import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointSigned, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT, leafHash } from './merkle.ts';
import { createSigner, noteSigner, parseNote, parseVerifier, signNote } from './note.ts';

const signerNamed = (name: string) => createSigner(name, generateKeyPairSync('ed25519').privateKey);
const signer = signerNamed('watchword/one');
const tree = { size: 3, root: leafHash(Buffer.from('x')) };
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

describe('a signed note', () => {
  it("is read as Go's note package writes it", () => {
    const verifier = parseVerifier('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const note = parseNote(
      'If you think cryptography is the answer to your problem,\n' +
        "then you don't know what your problem is.\n\n" +
        '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
    );
    expect(verifier && note && noteSigner(note, [verifier])?.name).toBe('PeterNeumann');
  });

  it('passes over strangers, but not over a false signature under a known name', () => {
    const note = signNote('text\n', signer);
    const other = signNote('text\n', signerNamed('other')).split('\n').at(-2);
    const both = parseNote(`${note}${other}\n`);
    expect(both && noteSigner(both, [signer.verifier])).toEqual(signer.verifier);
    const forged = parseNote(note.replace('text\n', 'test\n'));
    expect(forged && noteSigner(forged, [signer.verifier])).toBeUndefined();
  });

  it('never parses with control characters, without signature or with another ending', () => {
    const note = signNote('text\n', signer);
    for (const broken of [
      note.slice(0, -1),
      note.replace('text', 'te\txt'),
      'text\n\n',
      'text\n',
      '',
      note.replace('\u2014', '-'),
      `${note}x\n`,
    ])
      expect(parseNote(broken)).toBeUndefined();
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseNote(text);
        parseCheckpoint(text);
        expect(parseVerifier(text)).toBeUndefined();
      }),
    );
  });

  it('is made under names that it can hold', () => {
    for (const name of ['', 'a b', 'a+b', 'a\nb']) expect(() => signerNamed(name)).toThrow(TypeError);
  });
});

describe('a checkpoint', () => {
  it('says origin, size, root and time, and who signed', () => {
    const checkpoint = parseCheckpoint(signCheckpoint(tree, NOW, signer));
    expect(checkpoint).toMatchObject({ origin: 'watchword/one', size: 3, root: tree.root, time: NOW });
    expect(checkpoint && checkpointSigned(checkpoint, [signer.verifier])).toBe(true);
    expect(checkpoint && checkpointSigned(checkpoint, [signerNamed('watchword/one').verifier])).toBe(false);
  });

  it('is not believed under the key of another log', () => {
    const other = signerNamed('watchword/two');
    const text = `watchword/one\n3\n${tree.root.toString('base64')}\n`;
    const checkpoint = parseCheckpoint(signNote(text, other));
    expect(checkpoint && checkpointSigned(checkpoint, [other.verifier, signer.verifier])).toBe(false);
  });

  it('changed in any one character is refused', () => {
    const text = signCheckpoint(tree, NOW, signer);
    for (let i = 0; i < text.length; i++) {
      const changed = `${text.slice(0, i)}${text[i] === 'A' ? 'B' : 'A'}${text.slice(i + 1)}`;
      const checkpoint = parseCheckpoint(changed);
      expect(checkpoint !== undefined && checkpointSigned(checkpoint, [signer.verifier])).toBe(false);
    }
  });

  it('needs a canonical size and a whole root', () => {
    const root = EMPTY_ROOT.toString('base64');
    for (const body of [
      `o\n03\n${root}\n`,
      `o\n-1\n${root}\n`,
      `o\n1e3\n${root}\n`,
      `o\n1\n${root.slice(4)}\n`,
      `\n1\n${root}\n`,
      'o\n1\n',
    ])
      expect(parseCheckpoint(signNote(body, signer))).toBeUndefined();
    expect(parseCheckpoint(signNote(`o\n9007199254740992\n${root}\n`, signer))).toBeUndefined();
  });
});
