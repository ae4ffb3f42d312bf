import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';

const of = { family: 'configuration-files' } as const;
/** Up to eight other lines `name = value` of the same section. */
const LINES = String.raw`(?:(?:[^\r\n\[\\]|\\(?!n)){0,200}(?:\r?\n|\\n)){1,8}?[ \t]{0,8}`;
const VALUE = String.raw`\s{0,4}[=:]\s{0,4}["']?${LITERAL}(?<value>[^\s"'<>\\]{3,200})(?=["'\s]|\\n|$)`;

/** Files in which clients of databases, storage and file servers keep their passwords. */
export const clientFiles: readonly Detector[] = [
  anchored({
    ...of,
    id: 'my-cnf-password',
    provider: 'MySQL',
    title: 'Password in a MySQL option file',
    anchors: ['[client', '[mysql', '[mysqldump', '[mysqladmin'],
    pattern: new RegExp(String.raw`\[(?:client|mysql|mysqldump|mysqladmin)[A-Za-z0-9_.-]{0,40}\]${LINES}password${VALUE}`),
    reach: 2000,
    source: 'https://dev.mysql.com/doc/refman/en/option-files.html',
    positive: around(
      password,
      (value) => `[client]\nuser = train\npassword = ${value}\nhost = db1\n`,
      (value) => `[mysqldump]\nuser=root\npassword="${value}"\n`,
    ),
    negative: () => ['[client]\nport = 3306\nsocket = /run/mysqld.sock\n', '[client]\nuser = a\n\n[other]\npassword = abcdef\n'],
  }),
  anchored({
    ...of,
    id: 's3-client-secret-key',
    provider: 'S3-compatible storage',
    title: 'Secret key in .s3cfg, .boto, rclone.conf or a MinIO alias',
    anchors: ['secret_access_key', 'secret_key', '"secretkey"', 'gs_secret_access_key', 'fs.s3a.secret.key'],
    kind: 'contextual',
    confidence: 'medium',
    pattern: new RegExp(
      String.raw`(?:gs_secret_access_key|secret_access_key|secret_key|"secretKey"|fs\.s3a\.secret\.key)(?:<\/name>\s{0,20}<value>|["']?\s{0,4}[=:,]\s{0,4}["']?)${LITERAL}(?<value>[A-Za-z0-9+/=_-]{16,128})(?=["'\s<,)]|\\n|$)`,
      'i',
    ),
    reach: 200,
    source: 'https://s3tools.org/kb/item14.htm',
    positive: around(
      (make) => make.chars('base64', 32),
      (value) => `[default]\naccess_key = ABCD\nsecret_key = ${value}\n`,
      (value) => `[Credentials]\ngs_access_key_id = A\ngs_secret_access_key = ${value}\n`,
      (value) => `[minio]\ntype = s3\naccess_key_id = a\nsecret_access_key = ${value}\n`,
      (value) => `spark.conf.set("fs.s3a.secret.key", "${value}")`,
      (value) => `"aliases": {"local": {"url": "http://m:9000", "accessKey": "a", "secretKey": "${value}"}}`,
    ),
    negative: () => ['secret_key = os.environ["S3_SECRET_KEY"]\n', 'secret_key=$AWS_SECRET\n'],
  }),
  anchored({
    ...of,
    id: 'rclone-password',
    provider: 'rclone',
    title: 'Password in rclone.conf (obscured, not encrypted)',
    anchors: [
      'type = sftp',
      'type = ftp',
      'type = webdav',
      'type = smb',
      'type = crypt',
      'type = mega',
      'type = http',
      'type = koofr',
      'type = pcloud',
      'type = protondrive',
      'type = opendrive',
    ],
    pattern:
      /type = (?:sftp|ftp|webdav|smb|crypt|mega|http|koofr|pcloud|protondrive|opendrive)\r?\n(?:(?!pass)[a-z_0-9]{2,30} = [^\r\n]{0,200}\r?\n){0,8}?pass(?:word2?)? = (?<value>[A-Za-z0-9_-]{24,400})(?=\s|$)/,
    reach: 2200,
    source: 'https://rclone.org/commands/rclone_obscure/',
    positive: around(
      (make) => make.bytes(28).toString('base64url'),
      (value) => `[node]\ntype = sftp\nhost = n1.acme.io\nuser = train\npass = ${value}\n`,
      (value) => `[locked]\ntype = crypt\nremote = node:data\npassword = ${value}\n`,
    ),
    negative: () => ['[node]\ntype = sftp\nhost = n1\nuser = a\nkey_file = ~/.ssh/id\n'],
  }),
  anchored({
    ...of,
    id: 'filezilla-password',
    provider: 'FileZilla',
    title: 'Password in a FileZilla site',
    anchors: ['<pass encoding="base64">', '<pass>'],
    pattern: /<Pass(?: encoding="base64")?>(?<value>[^<>\s{}$]{3,300})(?=<\/Pass>)/,
    reach: 340,
    source: 'https://wiki.filezilla-project.org/FileZilla_3_configuration_files',
    positive: around(
      (make) => Buffer.from(password(make)).toString('base64'),
      (value) => `<Server><Host>ftp.acme.io</Host><User>train</User><Pass encoding="base64">${value}</Pass></Server>`,
    ),
    negative: () => ['<Pass encoding="base64"></Pass>', '<pass>true</pass>'],
  }),
  anchored({
    ...of,
    id: 'sftp-config-password',
    provider: 'editors',
    title: "Password in an editor's upload configuration",
    anchors: [
      '"protocol": "sftp"',
      '"protocol": "ftp"',
      '"protocol":"sftp"',
      '"protocol":"ftp"',
      '"type": "sftp"',
      '"type": "ftp"',
      '"transport": "scp"',
      '"transport": "ftp"',
    ],
    lead: 600,
    pattern: new RegExp(
      String.raw`\{(?=[^{}]{0,600}?"(?:protocol|type|transport)"\s{0,4}:\s{0,4}"(?:s?ftp|scp)")[^{}]{0,900}?"(?:password|passphrase)"\s{0,4}:\s{0,4}"${LITERAL}(?<value>[^"\s<>]{3,128})(?=")`,
    ),
    reach: 1100,
    source: 'https://github.com/Natizyskunk/vscode-sftp/wiki/configuration',
    positive: around(
      password,
      (value) =>
        `{\n  "name": "gpu",\n  "host": "g1.acme.io",\n  "protocol": "sftp",\n  "username": "train",\n  "password": "${value}"\n}`,
      (value) => `{"type": "sftp", "host": "g1", "user": "train", "password": "${value}"}`,
      (value) => `{"password": "${value}", "protocol": "ftp"}`,
    ),
    negative: () => [
      '{"protocol": "sftp", "host": "g1", "privateKeyPath": "~/.ssh/id"}',
      '{"protocol": "https", "password": "abcdefg-123"}',
    ],
  }),
  anchored({
    ...of,
    id: 'dvc-remote-password',
    provider: 'DVC',
    title: 'Credential of a remote in a DVC configuration',
    family: 'ml-tooling',
    kind: 'contextual',
    confidence: 'medium',
    anchors: ["['remote ", 'dvc remote modify'],
    pattern: new RegExp(
      String.raw`(?:\['remote "[^"\r\n]{1,80}"'\]${LINES}(?:password|secret_access_key|connection_string|account_key|sas_token|oss_key_secret|gdrive_client_secret|client_secret|ask_password_token|token)\s{0,4}=\s{0,4}|dvc remote modify (?:--local |--global )?[^\s]{1,80} (?:password|secret_access_key|connection_string|account_key|sas_token|oss_key_secret|gdrive_client_secret|client_secret|token)\s{1,4})["']?${LITERAL}(?<value>[^\s"'<>\\]{4,400})(?=["'\s]|$)`,
    ),
    reach: 2200,
    source: 'https://dvc.org/doc/user-guide/project-structure/configuration',
    positive: around(
      password,
      (value) => `['remote "storage"']\n    url = https://data.acme.io\n    user = train\n    password = ${value}\n`,
      (value) => `['remote "s3"']\n    access_key_id = A\n    secret_access_key = ${value}\n`,
      (value) => `dvc remote modify --local storage password ${value}\n`,
    ),
    negative: () => [`['remote "storage"']\n    url = s3://bucket/data\n`, 'dvc remote modify storage password $PASSWORD\n'],
  }),
  anchored({
    ...of,
    id: 'airflow-connection-password',
    provider: 'Airflow',
    title: 'Password in an Airflow connection (JSON)',
    family: 'ml-tooling',
    anchors: ['"conn_type"', 'airflow_conn_', '"conn_type\\'],
    pattern: new RegExp(
      String.raw`(?:AIRFLOW_CONN_[A-Z0-9_]{1,60}["']?\s{0,4}[=:]\s{0,4}["']?\{[^{}]{0,400}?|"conn_type\\{0,3}"[^{}]{0,600}?)"password\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}"${LITERAL}(?<value>[^"\s<>\\]{3,200})(?=\\{0,3}")`,
    ),
    reach: 900,
    source: 'https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html',
    positive: around(
      password,
      (value) => `AIRFLOW_CONN_WAREHOUSE='{"conn_type": "postgres", "login": "train", "password": "${value}", "host": "db1"}'\n`,
      (value) => `{"warehouse": {"conn_type": "mysql", "host": "db1", "login": "train", "password": "${value}"}}`,
    ),
    negative: () => ['{"conn_type": "aws", "extra": {}}', '{"conn_type": "mysql", "password": "{{ password }}"}'],
  }),
];
