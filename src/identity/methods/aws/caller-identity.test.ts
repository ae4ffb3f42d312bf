import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { document, rejection, xml } from '../testing/fake-sts.ts';
import { AwsWorld } from './testing/aws-world.ts';

let world: AwsWorld;

beforeEach(async () => {
  world = await AwsWorld.open();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('an answer of AWS', () => {
  const right = {
    arn: 'arn:aws:sts::123456789012:assumed-role/trainer/job-1',
    userId: `AROA${'B'.repeat(16)}:job-1`,
    account: '123456789012',
  };

  it.each([
    ['in JSON', xml(200, '{}', 'application/json'), 'aws.answer'],
    ['that looks right and is HTML', xml(200, document(right), 'text/html'), 'aws.answer'],
    ['with a redirect', { ...xml(302, ''), headers: { location: 'http://evil.example/' } }, 'aws.rejected'],
    ['with a document type', xml(200, `<!DOCTYPE x [<!ENTITY a "b">]>${document(right)}`), 'aws.answer'],
    ['with an entity', xml(200, document({ ...right, arn: `${right.arn}&a;` })), 'aws.answer'],
    ['with a comment', xml(200, document({ ...right, arn: `${right.arn}<!-- -->` })), 'aws.answer'],
    [
      'with an element twice',
      xml(200, document(right).replace('</UserId>', '</UserId><Arn>arn:aws:iam::123456789012:user/x</Arn>')),
      'aws.answer',
    ],
    ['with an element too many', xml(200, document(right).replace('</UserId>', '</UserId><X>y</X>')), 'aws.answer'],
    ['without an account', xml(200, document(right).replace(/<Account>.*<\/Account>/, '')), 'aws.answer'],
    ['of another namespace', xml(200, document(right).replace('sts.amazonaws.com', 'evil.example')), 'aws.answer'],
    ['for something else', xml(200, '<AssumeRoleResponse/>'), 'aws.answer'],
    ['whose account is not that of the ARN', xml(200, document({ ...right, account: '210987654321' })), 'aws.answer'],
    [
      'whose session is not that of the ARN',
      xml(200, document({ ...right, userId: `AROA${'B'.repeat(16)}:job-2` })),
      'aws.answer',
    ],
    ['with another root', xml(200, `${document(right)}<x/>`), 'aws.answer'],
    ['with CDATA', xml(200, document({ ...right, arn: `<![CDATA[${right.arn}]]>` })), 'aws.answer'],
    ['with an attribute', xml(200, document(right).replace('<Arn>', '<Arn x="y">')), 'aws.answer'],
    [
      'with letters that look alike',
      xml(200, document({ ...right, arn: right.arn.replace('trainer', 'trаiner') })),
      'aws.answer',
    ],
    ['with a blank in a name', xml(200, document({ ...right, arn: right.arn.replace('trainer', 'trai ner') })), 'aws.answer'],
    ['with a name too many', xml(200, document({ ...right, arn: `${right.arn}/x` })), 'aws.answer'],
    ['whose id is that of a user', xml(200, document({ ...right, userId: `AIDA${'B'.repeat(16)}:job-1` })), 'aws.answer'],
    ['whose id has no form', xml(200, document({ ...right, userId: 'trainer:job-1' })), 'aws.answer'],
    ['of another partition', xml(200, document({ ...right, arn: right.arn.replace('aws', 'aws-cn') })), 'aws.answer'],
    ['that a session has ended', rejection('ExpiredToken'), 'aws.session-ended'],
    ['without a type', { ...xml(200, ''), headers: {} }, 'aws.answer'],
    [
      'for the root of an account',
      xml(200, document({ ...right, arn: 'arn:aws:iam::123456789012:root', userId: '123456789012' })),
      'aws.root',
    ],
    [
      'for a federated user',
      xml(200, document({ ...right, arn: 'arn:aws:sts::123456789012:federated-user/x', userId: '123456789012:x' })),
      'aws.principal',
    ],
  ])('%s lets nobody in', async (_name, answer, expected) => {
    world.sts.instead = () => answer;
    await world.refused(world.logIn(world.signed()), expected);
  });

  it.each([
    ['an error of its own', () => xml(503, '')],
    ['that it is asked too often', () => rejection('Throttling', 400)],
    [
      'silence',
      async () => {
        throw new Error('nobody answers');
      },
    ],
  ])('that is %s is not held against the caller', async (_name, instead) => {
    world.sts.instead = instead as never;
    await expect(world.logIn(world.signed())).rejects.toMatchObject({ code: 'login.unavailable', retryAfter: 5 });
    world.sts.instead = undefined;
    await expect(world.logIn(world.signed())).resolves.toBeDefined();
  });
});
