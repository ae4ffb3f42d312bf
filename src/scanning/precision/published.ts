import { hash } from 'node:crypto';
import { HIGH, lettersOf } from './letters.ts';
import { remembered } from './remembered.ts';

/** SHA-256 of keys that their vendors print in documentation or build into emulators: known to all, they open nothing. */
const published: ReadonlySet<string> = new Set([
  // Azurite and the Azure storage emulator, Cosmos DB emulator
  '0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059',
  '85c41cbaebe213aef3dd0d7c92b1b9239826434dd5ada81a506900f804c23082',
  'aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615',
  // Stripe's documentation
  '2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326',
  'f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397',
  '7e8de44ea9ecf6d53415c90f5b249a8591f7abafbf7d65a2c0d855afeca3ec09',
  // Discord's and Telegram's documentation of bots
  '02f7ce3c263f85c019eeeeea4b08f1b7f6ade2b7a2199c14f3efdac0eef382e1',
  '731fa294d036e54f19df879bfcd4fe72d967dc6327800c5f74a48414a3f258c9',
  '0b5dd075ccdd03c42f4edda8e299e6838e2a75d3486a2a8d86940ed1541e9178',
  // Google's and GitHub's documentation
  'ac9265e56c79b234607ec72c53753cfea9f88c99eb713790ddf9be5593bb4465',
  '3543c50b0cb9cea8e55eb1f529b79f043cb250d485fde7b66cabbb5183add7da',
  'bc3ae723f57c6b9e3fd80b699fcc420f6074b0b1718039669d22631d508ac0a7',
  // Examples of RFC 5849 (OAuth 1), RFC 6749 (OAuth 2) and RFC 2617 (Basic)
  'ca7459e2b26776de081b9a07e40227fd6cff232a1e3233ff6b6aa6d036ca9981',
  '6c96130f130ab0d6d158397e24d2bcc1c9a5e73ae081f6e983f1c7b545d24a4c',
  '00cf4c781dc37003f7c7dd7d4c9a6ef1e0f4c62d9a291aa8bc398774e3fefd32',
  '2ff8b0fb93aca981c78f1e94355c298c23435461f1072ef4674848e620371787',
  '80f8b7c904d4a43f3b7036db73247daafe15b3f647b337d19031ff67b7c1a177',
  '9d03b692e941d5ace207a9f8048834439f6de98e5c6c1590c22c4f4577c88a42',
  '8d567eb88afff34f31ab97fbb2731e582703bdeaf3c92b989cf568e0b23cef31',
  'cf4d418ed3de92d71f767db5391d5a2dacd40e1ce49e75d1137e2ecf4982d844',
  // reCAPTCHA's key for tests
  'f5e95c9954635b65acab57e6d5ea663eb900f06dc8794a90358f5abb1c77d4e0',
]);

/** Claims of the token that jwt.io shows and that every tutorial has copied. */
const SAMPLE_SUBJECT = '1234567890';

/** Whether everybody has this value already: printed by its vendor, or the sample JWT with any signature. */
export const isPublished: (value: string) => boolean = remembered((value) => {
  if (value.length < 12 || value.length > 1024) return false;
  const isAscii = (lettersOf(value).kinds & HIGH) === 0;
  return published.has(hash('sha256', isAscii ? value : Buffer.from(value, 'latin1'), 'hex')) || isSampleJwt(value);
});

function isSampleJwt(value: string): boolean {
  if (!value.startsWith('ey')) return false;
  const claims = Buffer.from(value.split('.')[1] ?? '', 'base64url').toString('latin1');
  return claims.includes(`"${SAMPLE_SUBJECT}"`) && claims.includes('John Doe');
}
