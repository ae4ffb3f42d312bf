import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';

/** White space, or the escape of a line's end in a string. */
const GAP = String.raw`(?:\\[nt]|\s){1,20}`;

/** That one has a detector of its own. */
const NO_WANDB_KEY = String.raw`(?:(?<!wandb[\s\S]{0,80})|(?![a-f0-9]{40}\b))`;

export const netrc: readonly Detector[] = [
  anchored({
    id: 'netrc-password',
    provider: 'netrc',
    title: 'Password in a .netrc file',
    family: 'configuration-files',
    anchors: ['machine', 'default login'],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?:machine${GAP}[A-Za-z0-9_.:-]{2,253}|default)${GAP}(?:login|user)${GAP}[^\s\\]{1,128}${GAP}(?:account${GAP}[^\s\\]{1,64}${GAP})?(?:password|passwd)${GAP}${LITERAL}${NO_WANDB_KEY}(?<value>[^\s\\"'<>]{3,512})(?=\\|["'\s]|$)`,
    ),
    reach: 1200,
    source: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
    positive: around(
      password,
      (value) => `machine git.acme.io\n  login train\n  password ${value}\n`,
      (value) => `machine github.com login train password ${value}\n`,
      (value) => `default login anonymous password ${value}\n`,
      (value) => `RUN echo "machine git.acme.io login ci password ${value}" > ~/.netrc`,
      (value) => String.raw`f.write("machine git.acme.io\nlogin ci\npassword ${value}\n")`,
    ),
    negative: () => [
      'machine github.com\n  login train\n',
      'echo "machine github.com login $USER password $TOKEN" > ~/.netrc',
      'a machine that can login with a password',
      'machine <host> login <user> password <password>',
    ],
  }),
];
