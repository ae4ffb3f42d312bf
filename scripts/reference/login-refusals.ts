import { authMethods, refusalReasons } from '../../src/identity/auth-methods.ts';
import { code, type Page, page, table } from './page.ts';

/** Every auth method, and every reason for which a login is refused, in the order of their families. */
export const loginRefusalsPage: Page = {
  file: 'login-refusals.md',
  render: () =>
    page(
      'Logins: methods, and why they refuse',
      table(
        ['Method', 'Who logs in', 'Vouched for by'],
        authMethods.map(({ kind, summary, vouching }) => [`[${code(kind)}](auth/${kind}.md)`, summary, vouching]),
      ),
      "`long-lived` marks a secret that had to be handed to the caller: a bootstrap that the platform's own word replaces wherever there is one.",
      '## Reasons',
      'Whoever is refused learns `permission denied` and nothing else. The audit event, OCSF Authentication (3002), says why in ' +
        "`status_detail`: `watchword audit search --operation '*.login' --outcome denied`. A login that could not be decided, because what " +
        'vouches for the caller did not answer, is no refusal: it is answered with 503 and `Retry-After`, and its reason stands there as well.',
      table(
        ['Reason', 'What it means'],
        Object.entries(refusalReasons).map(([reason, meaning]) => [code(reason), meaning]),
      ),
    ),
};
