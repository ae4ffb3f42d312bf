import type { Detector } from '../detector.ts';
import { urlCredentials } from './url-credentials.ts';

const url = (
  id: string,
  provider: string,
  schemes: readonly string[],
  source: string,
  drivers: readonly string[] = [],
): Detector => urlCredentials({ id, provider, title: `Password in a ${provider} URL`, schemes, drivers, source });

const SQLALCHEMY = 'https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls';

/** Connection URLs of databases, in their own form and in SQLAlchemy's (`postgresql+psycopg2://`). */
export const databaseUrls: readonly Detector[] = [
  url(
    'postgresql-url',
    'PostgreSQL',
    ['postgres', 'postgresql', 'pgsql', 'postgis', 'cockroachdb', 'redshift', 'timescaledb', 'greenplum', 'yugabytedb'],
    'https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS',
    ['postgres', 'postgresql', 'cockroachdb', 'redshift'],
  ),
  url(
    'mysql-url',
    'MySQL',
    ['mysql', 'mysql2', 'mariadb', 'mysqlx', 'tidb'],
    'https://dev.mysql.com/doc/refman/en/connecting-using-uri-or-key-value-pairs.html',
    ['mysql', 'mariadb'],
  ),
  url('mongodb-url', 'MongoDB', ['mongodb', 'mongodb+srv'], 'https://www.mongodb.com/docs/manual/reference/connection-string/'),
  url(
    'redis-url',
    'Redis',
    ['redis', 'rediss', 'valkey', 'valkeys', 'redis-sentinel'],
    'https://www.iana.org/assignments/uri-schemes/prov/redis',
    ['redis'],
  ),
  url('mssql-url', 'Microsoft SQL Server', ['mssql', 'sqlserver'], SQLALCHEMY, ['mssql']),
  url('oracle-url', 'Oracle Database', ['oracle', 'oracledb'], SQLALCHEMY, ['oracle']),
  url(
    'clickhouse-url',
    'ClickHouse',
    ['clickhouse', 'clickhouses', 'chhttp', 'chhttps'],
    'https://clickhouse.com/docs/integrations/sql-clients/cli',
    ['clickhouse'],
  ),
  url('snowflake-url', 'Snowflake', ['snowflake'], 'https://docs.snowflake.com/en/developer-guide/python-connector/sqlalchemy'),
  url(
    'neo4j-url',
    'Neo4j',
    ['neo4j', 'neo4js', 'bolt', 'neo4j+s', 'neo4j+ssc', 'bolt+s'],
    'https://neo4j.com/docs/api/python-driver/current/api.html#uri',
  ),
  url(
    'trino-url',
    'Trino',
    ['trino', 'presto', 'hive', 'impala', 'dremio', 'druid', 'pinot', 'kylin', 'drill'],
    'https://github.com/trinodb/trino-python-client',
    ['hive'],
  ),
  url(
    'elasticsearch-url',
    'Elasticsearch',
    ['elasticsearch', 'opensearch', 'es'],
    'https://github.com/preset-io/elasticsearch-dbapi',
    ['elasticsearch'],
  ),
  url('influxdb-url', 'InfluxDB', ['influxdb', 'udp+influxdb', 'https+influxdb'], 'https://influxdb-python.readthedocs.io/'),
  url('couchbase-url', 'Couchbase', ['couchbase', 'couchbases', 'couchdb'], 'https://docs.couchbase.com/sdk-extensions/'),
  url('cassandra-url', 'Cassandra', ['cassandra', 'scylla', 'arangodb', 'surrealdb'], 'recall: URL forms of drivers and tools'),
  url(
    'sql-url',
    'other databases',
    [
      'teradatasql',
      'teradata',
      'vertica',
      'hana',
      'ibmi',
      'db2',
      'ibm_db_sa',
      'exasol',
      'firebird',
      'sybase',
      'monetdb',
      'crate',
      'databend',
      'starrocks',
      'doris',
      'oceanbase',
      'singlestoredb',
      'memsql',
      'duckdb',
      'libsql',
      'questdb',
    ],
    SQLALCHEMY,
    ['teradatasql', 'vertica', 'hana', 'db2', 'sybase', 'crate'],
  ),
];
