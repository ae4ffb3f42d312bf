import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';

export const pgpass: readonly Detector[] = [
  anchored({
    id: 'pgpass-password',
    provider: 'PostgreSQL',
    title: 'Password in a .pgpass file',
    family: 'configuration-files',
    anchors: [':5432:', ':5433:', ':6432:', ':*:*:', ':5439:', ':26257:'],
    lead: 200,
    pattern: new RegExp(
      String.raw`(?<=^|[\r\n"']|\\n|echo )(?:[A-Za-z0-9*][A-Za-z0-9_.-]{0,150}|\*):(?:5432|5433|6432|5439|26257|\*):(?:[A-Za-z0-9_-]{1,63}|\*):(?:[A-Za-z0-9_-]{1,63}|\*):${LITERAL}(?<value>[^\s:"'<>\\]{3,128})(?=[\r\n"'\s]|\\n|$)`,
      'm',
    ),
    reach: 420,
    source: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
    positive: around(
      password,
      (value) => `db1.acme.io:5432:ml:train:${value}\n`,
      (value) => `# hostname:port:database:username:password\n*:*:*:train:${value}\n`,
      (value) => `echo "db1:5432:*:train:${value}" > ~/.pgpass\n`,
    ),
    negative: () => ['hostname:port:database:username:password\n', 'db1:5432:ml:train:$PGPASSWORD\n', 'tcp 0.0.0.0:5432:5432\n'],
  }),
];
