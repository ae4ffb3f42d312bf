import type { Detector } from '../detector.ts';
import { urlCredentials } from './url-credentials.ts';

const url = (id: string, provider: string, schemes: readonly string[], source: string, rest = '/'): Detector =>
  urlCredentials({ id, provider, title: `Password in a URL of ${provider}`, schemes, source, rest });

/** A user name without `@`, and no port number in the place of a password. */
const HTTP_USER = String.raw`(?<user>[^\s:/?#"'<>\\@${'`'},;=()[\]{}]{0,100})(?!:\d{1,5}@)`;

/** URLs of message brokers, mail, file and directory servers, and of the web. */
export const serverUrls: readonly Detector[] = [
  url(
    'amqp-url',
    'RabbitMQ (AMQP)',
    ['amqp', 'amqps', 'pyamqp', 'librabbitmq', 'rabbitmq'],
    'https://www.rabbitmq.com/docs/uri-spec',
    '/%2Fmain',
  ),
  url('nats-url', 'NATS', ['nats', 'stan'], 'https://docs.nats.io/using-nats/developer/connecting'),
  url('mqtt-url', 'MQTT', ['mqtt', 'mqtts', 'mqtt+ssl'], 'https://github.com/mqtt/mqtt.org/wiki/URI-Scheme'),
  url(
    'kafka-url',
    'Kafka',
    ['kafka', 'kafka+ssl', 'confluentkafka', 'pulsar', 'pulsar+ssl', 'stomp', 'stomps', 'beanstalkd'],
    'https://docs.celeryq.dev/projects/kombu/',
  ),
  url(
    'smtp-url',
    'mail (SMTP, IMAP, POP)',
    ['smtp', 'smtps', 'smtp+tls', 'submission', 'imap', 'imaps', 'pop3', 'pop3s'],
    'https://www.rfc-editor.org/rfc/rfc5092',
  ),
  url(
    'ftp-url',
    'FTP and SFTP',
    ['ftp', 'ftps', 'sftp', 'ftpes', 'scp', 'ssh', 'rsync'],
    'https://www.rfc-editor.org/rfc/rfc1738#section-3.2',
  ),
  url('ldap-url', 'LDAP', ['ldap', 'ldaps'], 'https://www.rfc-editor.org/rfc/rfc4516'),
  url(
    'smb-url',
    'SMB and WebDAV',
    ['smb', 'cifs', 'afp', 'dav', 'davs', 'webdav', 'webdavs', 'nfs'],
    'https://www.iana.org/assignments/uri-schemes/',
  ),
  url(
    'rtsp-url',
    'cameras and streams (RTSP, RTMP)',
    ['rtsp', 'rtsps', 'rtmp', 'rtmps', 'srt', 'vnc', 'rdp', 'telnet'],
    'https://www.rfc-editor.org/rfc/rfc7826',
  ),
  url(
    'proxy-url',
    'SOCKS proxies',
    ['socks', 'socks4', 'socks4a', 'socks5', 'socks5h', 'ss', 'trojan', 'hysteria2'],
    'https://curl.se/docs/manpage.html#-x',
  ),
  url(
    'object-storage-url',
    'object storage',
    ['s3', 's3a', 's3n', 's3+http', 's3+https', 'minio', 'sqs', 'webhdfs', 'hdfs'],
    'recall: URL forms of Celery, Hadoop and Thanos',
  ),
  urlCredentials({
    id: 'http-basic-auth-url',
    provider: 'any',
    title: 'Password in a web address',
    schemes: ['http', 'https', 'git+https', 'git+http', 'svn+https', 'hg+https', 'ws', 'wss', 'h2', 'grpc', 'grpcs'],
    confidence: 'medium',
    user: HTTP_USER,
    rest: '/index.git',
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  }),
];
