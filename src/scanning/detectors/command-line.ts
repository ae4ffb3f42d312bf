import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';

/** In quotes of either kind, or bare until a space. */
const ARGUMENT = String.raw`(?:\\{0,3}["'])?${LITERAL}(?<value>[^\s"'<>\\|;&${'`'}]{4,128})(?=\\{0,3}["']|[\s;|&]|$)`;
/** Further arguments on the same command, which may go on after a backslash at the line's end. */
const ARGUMENTS = String.raw`(?:[^\r\n|;&]|\\\r?\n){0,200}?`;

interface CommandSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly anchors: readonly string[];
  /** Source of a pattern up to the argument. */
  readonly command: string;
  readonly argument?: string;
  readonly seen: readonly ((value: string) => string)[];
  readonly unseen: readonly string[];
  readonly source: string;
}

const command = ({ command: line, argument = ARGUMENT, seen, unseen, ...rest }: CommandSpec): Detector =>
  anchored({
    ...rest,
    family: 'configuration-files',
    kind: 'contextual',
    confidence: 'medium',
    pattern: new RegExp(`(?<![A-Za-z0-9_-])${line}${argument}`),
    reach: 420,
    positive: around(password, ...seen),
    negative: () => unseen,
  });

/** Passwords among the arguments of commands: in scripts, Dockerfiles, notebooks and shell histories. */
export const commandLine: readonly Detector[] = [
  command({
    id: 'curl-user-password',
    provider: 'curl',
    title: 'Name and password given to curl',
    anchors: ['curl '],
    command: String.raw`curl ${ARGUMENTS}(?<=\s)(?:-u\s{0,2}|--user[ =]|--proxy-user[ =]|-U\s{1,2})(?:\\{0,3}["'])?(?!\$)[^\s:"'${'`'}$<>{]{1,64}:`,
    argument: String.raw`${LITERAL}(?<value>[^\s"'<>\\|;&${'`'}]{3,200})(?=\\{0,3}["']|[\s;|&]|$)`,
    seen: [
      (value) => `curl -u train:${value} https://api.acme.io/v1\n`,
      (value) => `curl -sS -X POST --user 'train:${value}' https://api.acme.io/v1 -d @x\n`,
      (value) => `RUN curl -fL \\\n  -u "ci:${value}" https://repo.acme.io/a.tgz\n`,
      (value) => `!curl -u admin:${value} http://10.0.0.4:9200/_cat\n`,
    ],
    unseen: ['curl -u $USER:$PASSWORD https://a\n', 'curl -u train: https://a\n', 'curl -u <user>:<password> https://a\n'],
    source: 'https://curl.se/docs/manpage.html#-u',
  }),
  command({
    id: 'wget-password',
    provider: 'wget',
    title: 'Password given to wget',
    anchors: ['--password=', '--http-password=', '--ftp-password=', '--proxy-password=', '--http-passwd='],
    command: '--(?:http-|ftp-|proxy-)?passw(?:or)?d=',
    seen: [
      (value) => `wget --user=train --password=${value} https://data.acme.io/a.zip\n`,
      (value) => `wget --http-user=a --http-password='${value}' https://data.acme.io/\n`,
    ],
    unseen: ['wget --user=a --password=$PASSWORD https://a\n', 'usage: tool --password=<password>\n'],
    source: 'https://www.gnu.org/software/wget/manual/html_node/HTTP-Options.html',
  }),
  command({
    id: 'sshpass-password',
    provider: 'sshpass',
    title: 'Password given to sshpass',
    anchors: ['sshpass '],
    command: String.raw`sshpass\s{1,2}(?:-v\s{1,2})?-p\s{0,2}`,
    seen: [(value) => `sshpass -p '${value}' ssh train@node1\n`, (value) => `!sshpass -p ${value} scp a node1:\n`],
    unseen: ['sshpass -p $PASS ssh node1\n', 'sshpass -e ssh node1\n'],
    source: 'https://linux.die.net/man/1/sshpass',
  }),
  command({
    id: 'mysql-command-password',
    provider: 'MySQL',
    title: 'Password given to a MySQL command',
    anchors: ['mysql ', 'mysqldump ', 'mysqladmin ', 'mariadb '],
    command: String.raw`(?:mysql|mysqldump|mysqladmin|mariadb)\s${ARGUMENTS}(?<=\s)(?:-p(?=["'A-Za-z0-9])(?!ort|assword[= ]?[\s$]|rotocol)|--password=)`,
    seen: [
      (value) => `mysql -h db1 -u root -p${value} ml < dump.sql\n`,
      (value) => `mysqldump --user=root --password='${value}' ml > a.sql\n`,
    ],
    unseen: ['mysql -u root -p ml\n', 'mysql -u root -p$PASSWORD ml\n', 'the mysql service is on -port\n'],
    source: 'https://dev.mysql.com/doc/refman/en/password-security-user.html',
  }),
  command({
    id: 'docker-login-password',
    provider: 'containers',
    title: 'Password given to a registry login',
    anchors: [
      'docker login',
      'podman login',
      'helm registry login',
      'oras login',
      'crane auth login',
      'skopeo login',
      'nerdctl login',
    ],
    command: String.raw`(?:docker|podman|helm registry|oras|crane auth|skopeo|nerdctl) login ${ARGUMENTS}(?<=\s)(?:-p\s{0,2}(?=["'A-Za-z0-9])|--password[= ])`,
    seen: [
      (value) => `docker login -u train -p ${value} cr.acme.io\n`,
      (value) => `docker login cr.acme.io --username train --password "${value}"\n`,
      (value) => `helm registry login cr.acme.io -u a -p ${value}\n`,
    ],
    unseen: ['docker login -u a --password-stdin cr.acme.io\n', 'docker login -u a -p $TOKEN\n'],
    source: 'https://docs.docker.com/reference/cli/docker/login/',
  }),
  command({
    id: 'redis-cli-password',
    provider: 'Redis',
    title: 'Password given to redis-cli',
    anchors: ['redis-cli '],
    command: String.raw`redis-cli\s${ARGUMENTS}(?<=\s)(?:-a\s{1,2}|--pass\s{1,2})`,
    seen: [(value) => `redis-cli -h cache1 -a ${value} ping\n`, (value) => `redis-cli --pass '${value}' info\n`],
    unseen: ['redis-cli -h cache1 ping\n', 'redis-cli -a $REDIS_PASSWORD ping\n'],
    source: 'https://redis.io/docs/latest/develop/tools/cli/',
  }),
  command({
    id: 'sqlcmd-password',
    provider: 'Microsoft SQL Server',
    title: 'Password given to sqlcmd or bcp',
    anchors: ['sqlcmd ', 'bcp '],
    command: String.raw`(?:sqlcmd|bcp)\s${ARGUMENTS}(?<=\s)-P\s{0,2}`,
    seen: [(value) => `/opt/mssql-tools/bin/sqlcmd -S db1 -U sa -P '${value}' -Q 'select 1'\n`],
    unseen: ['sqlcmd -S db1 -U sa -P $SA_PASSWORD\n', 'sqlcmd -S db1 -E\n'],
    source: 'https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility',
  }),
  command({
    id: 'mongo-command-password',
    provider: 'MongoDB',
    title: 'Password given to a MongoDB command',
    anchors: ['mongo ', 'mongosh ', 'mongodump ', 'mongorestore ', 'mongoimport ', 'mongoexport '],
    command: String.raw`mongo(?:sh|dump|restore|import|export)?\s${ARGUMENTS}(?<=\s)(?:-p\s{1,2}|--password[= ])`,
    seen: [
      (value) => `mongosh --host db1 -u root -p ${value} admin\n`,
      (value) => `mongodump --username a --password="${value}"\n`,
    ],
    unseen: ['mongosh -u root -p $MONGO_PASSWORD\n', 'mongosh -u root -p\n'],
    source: 'https://www.mongodb.com/docs/mongodb-shell/reference/options/',
  }),
  anchored({
    id: 'chpasswd-password',
    provider: 'Linux',
    title: 'Password set by chpasswd',
    family: 'configuration-files',
    kind: 'contextual',
    confidence: 'medium',
    anchors: ['chpasswd'],
    lead: 200,
    pattern: new RegExp(
      String.raw`echo\s(?:-e\s)?["']?[a-z_][a-z0-9_-]{0,31}:${LITERAL}(?<value>[^\s"'<>\\|:]{3,128})["']?\s{0,4}\|\s{0,4}(?:sudo\s)?(?:\/usr\/sbin\/)?(?=chpasswd)`,
    ),
    reach: 240,
    source: 'https://man7.org/linux/man-pages/man8/chpasswd.8.html',
    positive: around(
      password,
      (value) => `RUN echo 'root:${value}' | chpasswd\n`,
      (value) => `echo train:${value} | sudo chpasswd\n`,
    ),
    negative: () => ['echo "root:$PASSWORD" | chpasswd\n', 'cat users.txt | chpasswd\n'],
  }),
];
