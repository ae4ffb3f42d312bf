import type { Services } from '../../testing/services.ts';
import { startMariadbTarget } from './mysql.ts';
import { startPostgresqlTarget } from './postgresql.ts';
import { startRabbitmqTarget } from './rabbitmq.ts';
import { startRedisTarget } from './redis.ts';
import type { CrashTarget } from './target.ts';

type Start = () => Promise<CrashTarget>;

/** How to start the target of each engine; undefined where this machine can't. */
export function crashTargets({ postgresql, mariadb, redis, rabbitmq }: Services): Readonly<Record<string, Start | undefined>> {
  return {
    postgresql: postgresql === undefined ? undefined : () => startPostgresqlTarget(postgresql),
    mysql: mariadb ? startMariadbTarget : undefined,
    redis: redis ? startRedisTarget : undefined,
    rabbitmq: rabbitmq ? startRabbitmqTarget : undefined,
  };
}
