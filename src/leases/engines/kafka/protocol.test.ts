import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../foundation/node-ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { createAcls, deleteAcls, describeAcls } from './acl-messages.ts';
import { MessageReader, MessageWriter } from './codec.ts';
import {
  alterScramUser,
  apiVersions,
  describeBrokerSettings,
  describeScramUsers,
  metadata,
  saslAuthenticate,
} from './messages.ts';
import { saltedPassword, scram } from './scram.ts';

const written = (write: (to: MessageWriter) => void): Buffer => {
  const writer = new MessageWriter();
  write(writer);
  return writer.frame().subarray(4);
};

describe('messages', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 400 }))),
        fc.uint8Array({ maxLength: 20_000 }),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        (texts, bytes, number) => {
          const reader = new MessageReader(
            written((to) =>
              to
                .list(texts, (text) => to.text(text).end())
                .bytes(bytes)
                .int32(number)
                .end(),
            ),
          );
          const read = reader.list(() => {
            const text = reader.textOrNull() ?? null;
            reader.end();
            return text;
          });
          expect(read).toEqual(texts);
          expect(Buffer.compare(reader.bytes(), bytes)).toBe(0);
          expect(reader.int32()).toBe(number);
          reader.end();
        },
      ),
    );
  });

  it('of any bytes end in an answer or a refusal, soon and without much memory', () => {
    const requests = [
      apiVersions(),
      metadata(),
      saslAuthenticate(Buffer.alloc(0)),
      describeBrokerSettings(1, []),
      describeScramUsers(),
      alterScramUser('a', {}),
      createAcls('a', []),
      deleteAcls('a'),
      describeAcls(),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...requests), (bytes, request) => {
        try {
          request.read(new MessageReader(Buffer.from(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(TargetError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('that take rights back name the one user whose rights they are', () => {
    const bytes = written((to) => deleteAcls('ww_one').write(to));
    const principal = Buffer.from('User:ww_one');
    // One filter: any resource, any name, any pattern, this principal, any host, any operation, any permission.
    const filter = Buffer.concat([Buffer.from([1, 0, 1, principal.length + 1]), principal, Buffer.from([0, 1, 1, 0])]);
    expect(bytes).toEqual(Buffer.concat([Buffer.from([2]), filter, Buffer.from([0])]));
  });
});

describe('scram', () => {
  const account = { username: 'a=b,c', password: Secret.fromText('päss'), mechanism: 'SCRAM-SHA-256' } as const;
  const salt = Buffer.from('salt of a server');
  interface Server {
    readonly knows?: string;
    readonly iterations?: number;
    readonly nonce?: (given: string) => string;
  }
  /** A server, made of what RFC 5802 says. */
  function serverOf({ knows = 'päss', iterations = 4096, nonce = (given) => `${given}more` }: Server) {
    const heard: string[] = [];
    const answer = async (bytes: Buffer): Promise<Buffer> => {
      heard.push(bytes.toString());
      const [first = '', last = ''] = heard;
      const challenge = `r=${nonce(/r=(.*)$/.exec(first)?.[1] ?? '')},s=${salt.toString('base64')},i=${iterations}`;
      if (heard.length === 1) return Buffer.from(challenge);
      const salted = pbkdf2Sync(knows, salt, iterations, 32, 'sha256');
      const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
      const whole = `${first.slice(3)},${challenge},${last.replace(/,p=.*$/, '')}`;
      const proof = Buffer.from(/p=(.*)$/.exec(last)?.[1] ?? '', 'base64');
      const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
      const key = proof.map((byte, at) => byte ^ (hmac(stored, whole)[at] ?? 0));
      heard.push(String(createHash('sha256').update(key).digest().equals(stored)));
      return Buffer.from(`v=${hmac(hmac(salted, 'Server Key'), whole).toString('base64')}`);
    };
    return { heard, answer };
  }

  it('proves the password to who knows it, and does not tell it', async () => {
    const { heard, answer } = serverOf({});
    await scram(account, systemRandom, answer);
    expect(heard[0]).toMatch(/^n,,n=a=3Db=2Cc,r=/);
    expect(heard[2]).toBe('true');
    expect(heard.join()).not.toContain('päss');
  });

  it.each<[string, Server]>([
    ['does not know the password', { knows: 'other' }],
    ['asks for few iterations, so that guessing is cheap', { iterations: 4095 }],
    ['asks for so many that we would do nothing else', { iterations: 10_000_000 }],
    ['answers somebody else', { nonce: () => 'another nonce altogether' }],
    ['adds nothing of its own', { nonce: (given) => given }],
  ])('refuses who %s', async (_what, server) => {
    await expect(scram(account, systemRandom, serverOf(server).answer)).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each(['', 'v=', 'e=other-error', 'v=AAAA'])('refuses who ends with %j', async (end) => {
    const { answer, heard } = serverOf({});
    const ending = async (bytes: Buffer) => (heard.length === 0 ? await answer(bytes) : Buffer.from(end));
    await expect(scram(account, systemRandom, ending)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('salts each password anew, and as RFC 5802 has it', async () => {
    const [one, two] = [
      await saltedPassword(account.password, 'SCRAM-SHA-512', systemRandom),
      await saltedPassword(account.password, 'SCRAM-SHA-512', systemRandom),
    ];
    expect(one.salt.equals(two.salt)).toBe(false);
    expect(one.iterations).toBeGreaterThanOrEqual(4096);
    expect(one.salted).toEqual(pbkdf2Sync('päss', one.salt, one.iterations, 64, 'sha512'));
  });
});
