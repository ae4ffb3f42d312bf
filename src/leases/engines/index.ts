export { awsEngine } from './aws.ts';
export { mysqlEngine } from './mysql.ts';
export { natsEngine } from './nats.ts';
export { postgresqlEngine } from './postgresql.ts';
export { rabbitmqEngine } from './rabbitmq.ts';
export { redisEngine } from './redis.ts';
export { sshEngine } from './ssh.ts';
