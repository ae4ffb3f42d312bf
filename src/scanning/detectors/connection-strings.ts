import type { Check, Detector } from '../detector.ts';
import { anchored, around, LITERAL, password, QUOTE } from './anchored.ts';

const of = { family: 'connection-strings', kind: 'structured' } as const;

/** A server on one's own machine opens nothing to anybody else. */
const ownServer = (_value: string, match: RegExpExecArray): Check | undefined =>
  /(?:server|data source|host|addr(?:ess)?|jdbc:[a-z0-9]{2,20}:\/\/|@tcp\()\s{0,4}[=:]?\s{0,4}\(?(?:localhost|127\.|\.\\|\(local)/i.test(
    match[0] + match.input.slice(match.index + match[0].length, match.index + match[0].length + 100),
  )
    ? { ok: false, reason: 'the host is a local one' }
    : undefined;

/** Until the next `;`, or the end of the quoted string. */
const IN_LIST = String.raw`(?<value>${LITERAL}[^\s;"'\x60<>\\]{3,128})(?=[;"'\x60<\\\s]|$)`;
const PARTS = String.raw`(?:[A-Za-z][A-Za-z ]{1,30}\s{0,2}=\s{0,2}[^;"'\r\n=]{0,200};\s{0,4}){1,12}?`;

export const connectionStrings: readonly Detector[] = [
  anchored({
    ...of,
    id: 'ado-net-password',
    provider: '.NET',
    title: 'Password in an ADO.NET connection string',
    anchors: ['server=', 'data source=', 'host=', 'addr=', 'address=', 'datasource=', 'user id=', 'uid=', 'initial catalog='],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_]|(?:DRIVER|DSN)\s?=[^"'\r\n]{0,200})(?:Server|Data Source|Host|Addr|Address|DataSource|User ID|Uid|Initial Catalog)\s{0,2}=[^;"'\r\n]{1,200};\s{0,4}${PARTS.replace('{1,12}?', '{0,12}?')}(?:Password|Pwd)\s{0,2}=\s{0,2}${IN_LIST}`,
      'i',
    ),
    reach: 3300,
    check: ownServer,
    source: 'https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax',
    positive: around(
      password,
      (value) =>
        `"Default": "Server=tcp:sql-1.database.windows.net,1433;Initial Catalog=ml;User ID=train;Password=${value};Encrypt=True;"`,
      (value) => `Data Source=db1.acme.io;Initial Catalog=ml;User Id=train;Password=${value}\n`,
      (value) => `var c = "Host=pg.acme.io;Port=5432;Username=train;Password=${value};Database=ml";`,
      (value) => `<add name="x" connectionString="Server=db1;Database=ml;Uid=train;Pwd=${value};" />`,
    ),
    negative: () => [
      'Server=db1;Database=ml;Integrated Security=true;',
      'Server=db1;Database=ml;User Id=train;Password={0};',
      'Server=db1;Database=ml;User Id=train;Password=$(DB_PASSWORD);',
    ],
  }),
  anchored({
    ...of,
    id: 'odbc-password',
    provider: 'ODBC',
    title: 'Password in an ODBC connection string',
    anchors: ['driver={', 'driver=', 'dsn='],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_])(?:DRIVER|DSN)\s{0,2}=\s{0,2}(?:\{[^}"'\r\n]{1,80}\}|[^;{"'\r\n]{1,80});\s{0,4}(?:"\s{0,40}[rf]{0,1}")?${PARTS}(?:PWD|Password)\s{0,2}=\s{0,2}${IN_LIST}`,
      'i',
    ),
    reach: 3300,
    check: ownServer,
    source: 'https://learn.microsoft.com/sql/odbc/reference/syntax/sqldriverconnect-function',
    positive: around(
      password,
      (value) => `pyodbc.connect("DRIVER={ODBC Driver 18 for SQL Server};SERVER=db1.acme.io;DATABASE=ml;UID=train;PWD=${value}")`,
      (value) => `conn = 'Driver={Snowflake};Server=acme.snowflakecomputing.com;Uid=train;Pwd=${value};'`,
      (value) => `DSN=warehouse;UID=train;PWD=${value}\n`,
    ),
    negative: () => [
      'f"DRIVER={driver};SERVER={server};UID={user};PWD={password}"',
      'DRIVER={SQL Server};SERVER=db1;Trusted_Connection=yes;',
    ],
  }),
  anchored({
    ...of,
    id: 'jdbc-password',
    provider: 'JDBC',
    title: 'Password in a JDBC URL',
    anchors: ['jdbc:'],
    pattern: new RegExp(
      String.raw`jdbc:[a-z0-9]{2,20}:[^\s"'<>\\]{3,400}?[?&;](?:password|pwd|ssl_?password|accessTokenPwd)=${LITERAL}(?<value>[^\s&;"'\x60<>\\]{3,128})(?=[&;"'\x60<\\\s]|$)`,
      'i',
    ),
    reach: 600,
    check: ownServer,
    source: 'https://jdbc.postgresql.org/documentation/use/#connecting-to-the-database',
    positive: around(
      password,
      (value) => `spring.datasource.url=jdbc:postgresql://db1.acme.io:5432/ml?user=train&password=${value}&ssl=true\n`,
      (value) => `url = "jdbc:sqlserver://db1.acme.io:1433;databaseName=ml;user=train;password=${value};encrypt=true"`,
      (value) => `.option("url", "jdbc:mysql://db1.acme.io/ml?user=train&password=${value}")`,
    ),
    negative: () => [
      'jdbc:postgresql://db1.acme.io:5432/ml?ssl=true',
      String.raw`jdbc:mysql://db1/ml?user=u&password=\${DB_PASSWORD}`,
    ],
  }),
  anchored({
    ...of,
    id: 'oracle-thin-password',
    provider: 'Oracle Database',
    title: 'Password in an Oracle connect string',
    anchors: ['jdbc:oracle:'],
    pattern: new RegExp(
      String.raw`jdbc:oracle:(?:thin|oci8?):[A-Za-z][A-Za-z0-9_$#]{0,30}\/${LITERAL}(?<value>[^\s@\/"'<>\\]{3,64})(?=@)`,
      'i',
    ),
    reach: 130,
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html',
    positive: around(
      password,
      (value) => `url=jdbc:oracle:thin:train/${value}@//db1.acme.io:1521/ORCL\n`,
      (value) => `"jdbc:oracle:thin:train/${value}@db1.acme.io:1521:XE"`,
    ),
    negative: () => ['jdbc:oracle:thin:@//db1.acme.io:1521/ORCL', 'jdbc:oracle:thin:<user>/<password>@db1:1521'],
  }),
  anchored({
    ...of,
    id: 'go-mysql-password',
    provider: 'MySQL',
    title: 'Password in a data source name of the Go driver',
    anchors: ['@tcp(', '@unix(', '@cloudsql('],
    lead: 200,
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_./-])[A-Za-z_][A-Za-z0-9_.-]{0,60}:(?!\/\/)${LITERAL}(?<value>[^\s:"'<>\\${'`'}]{3,128})(?=@(?:tcp|unix|cloudsql)\()`,
    ),
    reach: 192,
    source: 'https://github.com/go-sql-driver/mysql#dsn-data-source-name',
    positive: around(
      password,
      (value) => `dsn := "train:${value}@tcp(db1.acme.io:3306)/ml?parseTime=true"`,
      (value) => `DSN=train:${value}@unix(/run/mysqld/mysqld.sock)/ml\n`,
    ),
    negative: () => [
      'fmt.Sprintf("%s:%s@tcp(%s)/%s", u, p, h, d)',
      'dsn := user + "@tcp(db1:3306)/ml"',
      '<user>:<password>@tcp(host)/db',
    ],
  }),
  anchored({
    ...of,
    id: 'libpq-password',
    provider: 'PostgreSQL',
    title: 'Password in a libpq connection string',
    anchors: ['dbname=', 'host=', 'hostaddr='],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_])(?:dbname|host|hostaddr)\s{0,2}=\s{0,2}[^\s"=;&,]{1,120}\s{1,4}(?:[a-z_]{3,24}\s{0,2}=\s{0,2}[^\s"=;&,]{1,120}\s{1,4}){0,8}?password\s{0,2}=\s{0,2}(?:\\?')?${LITERAL}(?<value>[^\s"'\x60\\;,)&]{3,128})(?=\\?['"\x60\s]|$)`,
    ),
    reach: 1500,
    check: ownServer,
    source: 'https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE',
    positive: around(
      password,
      (value) => `psycopg2.connect("dbname=ml user=train password=${value} host=db1.acme.io")`,
      (value) => `DSN="host=db1.acme.io port=5432 user=train password='${value}' dbname=ml sslmode=require"\n`,
    ),
    negative: () => ['"host=%s user=%s password=%s dbname=%s"', 'connect(host=host, user=user, password=password)'],
  }),
  anchored({
    ...of,
    id: 'kafka-sasl-password',
    provider: 'Kafka',
    title: 'Password in a JAAS login configuration',
    anchors: ['loginmodule required', 'loginmodule sufficient'],
    pattern: new RegExp(
      String.raw`LoginModule (?:required|sufficient)[^;{}]{0,300}?[\s\\n](?:password|clientSecret|user_[A-Za-z0-9_.-]{1,40})\s{0,2}=\s{0,2}${QUOTE}${LITERAL}(?<value>[^\s"'\\;]{3,200})(?=\\{0,3}["';]|\s)`,
    ),
    reach: 600,
    source: 'https://kafka.apache.org/documentation/#security_sasl_jaasconfig',
    positive: around(
      password,
      (value) =>
        `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="train" password="${value}";\n`,
      (value) =>
        `jaas: 'org.apache.kafka.common.security.scram.ScramLoginModule required\n  username="train"\n  password="${value}";'`,
      (value) => `{"sasl.jaas.config": "x.PlainLoginModule required username=\\"train\\" password=\\"${value}\\";"}`,
    ),
    negative: () => ['PlainLoginModule required username="%s" password="%s";', 'Krb5LoginModule required useKeyTab=true;'],
  }),
  anchored({
    ...of,
    id: 'redis-options-password',
    provider: 'Redis',
    title: 'Password in a StackExchange.Redis configuration',
    anchors: [',password=', ', password='],
    lead: 180,
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_.-])[A-Za-z0-9][A-Za-z0-9.-]{1,120}:[0-9]{2,5},\s?(?:[A-Za-z]{3,24}=[^,\s"'=]{1,24},\s?){0,2}password=${LITERAL}(?<value>[^\s,"'<>\\;]{3,128})(?=[,"'<\\\s;]|$)`,
      'i',
    ),
    reach: 340,
    source: 'https://stackexchange.github.io/StackExchange.Redis/Configuration',
    positive: around(
      password,
      (value) => `"Redis": "cache-1.acme.io:6380,password=${value},ssl=True,abortConnect=False"`,
      (value) => `REDIS=cache-1.acme.io:6380,ssl=true,password=${value}\n`,
    ),
    negative: () => ['"cache-1:6379,password={0},ssl=True"', 'connect(host, password=value)'],
  }),
];
