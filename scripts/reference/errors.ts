import { type ErrorKind, errorCatalogue } from '../../src/foundation/errors.ts';
import { code, type Page, page, table } from './page.ts';

/** What a kind says to whoever gets it. */
const kinds: Readonly<Record<ErrorKind, string>> = {
  invalid: 'the request is wrong; the same request will fail again',
  denied: 'the caller may not do this, or is not known',
  missing: 'there is nothing there',
  unsupported: 'the path does not offer this',
  'too-large': 'more than one request may hold',
  'media-type': 'sent in a form that is not understood',
  conflict: 'somebody else was faster; try again',
  reused: 'a key that was to make one request repeatable came with another one',
  limited: 'too much in too short a time; try again later',
  sealed: 'nothing is served before the store is unsealed',
  uninitialized: 'there is no store yet',
  unavailable: 'a part of the server cannot work right now; nothing was changed',
  unreachable: 'a server of somebody else does not answer; what came of it is cleared up',
  corrupt: 'stored data is not what was stored; the answer holds an incident id and nothing else',
  internal: 'a fault of the server; the answer holds an incident id and nothing else',
};

export const errorsPage: Page = {
  file: 'errors.md',
  render: () =>
    page(
      'Errors',
      'A code is stable: scripts may depend on it, texts may change. No error holds a secret or a value that was sent.',
      table(
        ['Code', 'Kind', 'What happened', 'What to do'],
        Object.entries(errorCatalogue).map(([name, { kind, summary, remedy }]) => [code(name), kind, summary, remedy]),
      ),
      '## Kinds',
      table(['Kind', 'Meaning'], Object.entries(kinds)),
    ),
};
