import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead, type ReadContext } from '../../access/operation.ts';
import type { OperationName } from '../../access/operation-types.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { GuardedRecords } from '../../keyring/mount-records.ts';

type Changed<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };
type Nothing = Record<string, never>;

/** The operations on a method's settings: `interface OperationTypes extends ConfigOperationTypes<'jwt.config', JwtConfig> {}`. */
export type ConfigOperationTypes<Prefix extends string, Config> = {
  [Name in `${Prefix}.read`]: { input: Nothing; output: Config | null };
} & {
  [Name in `${Prefix}.write`]: { input: Changed<Config>; output: null };
} & {
  [Name in `${Prefix}.delete`]: { input: Nothing; output: null };
};

export interface ConfigOperationsOptions<Config extends object> {
  /** `kubernetes.config` */
  readonly prefix: string;
  /** Below the mount: `config`, `config/client`. */
  readonly path: string;
  readonly records: GuardedRecords<Config>;
  readonly fields: z.ZodRawShape;
  readonly initial: Config;
  /** Vault keeps what a write leaves out (false) for some methods, and sets it back (true) for others. */
  readonly replaces?: boolean;
  readonly clear: readonly (keyof Config & string)[];
  /** What is told, and holds, before anything was written; by default that there is nothing. */
  readonly unset?: Config;
  /** Checks, and completes. @throws WatchwordError `login.invalid` */
  check(config: Config, context: ChangeContext): Config;
}

/** The one record under which a mount's settings stand. */
export const CONFIG = 'config';

/** Read, write and delete the settings of a mount. */
export function configOperations<Config extends object>(options: ConfigOperationsOptions<Config>): AnyOperation[] {
  const { prefix, records } = options;
  const path = (_input: unknown, mount: MountPoint) => `${mount.path}${options.path}`;
  const optional = Object.fromEntries(
    Object.entries(options.fields).map(([name, schema]) => [name, (schema as z.ZodType).optional()]),
  );
  const event = { class: 'access-change', clear: [] } as const;
  const operations = [
    defineRead({
      name: `${prefix}.read` as OperationName,
      summary: 'Read the settings of the auth method.',
      capability: 'read',
      input: z.object({}) as never,
      path,
      event: { ...event, activity: 'read' },
      perform: (async (_input: unknown, { reader, mount }: ReadContext) =>
        (await records.find(reader, mount, CONFIG)) ?? options.unset ?? null) as never,
    }),
    defineChange({
      name: `${prefix}.write` as OperationName,
      summary: 'Change the settings of the auth method.',
      capability: (async (_input: unknown, { reader, mount }: ReadContext) =>
        (await records.find(reader, mount, CONFIG)) === undefined ? 'create' : 'update') as never,
      input: z.object(optional) as never,
      path,
      event: { ...event, activity: 'update', clear: options.clear as never },
      perform: (async (given: Changed<Config>, context: ChangeContext) => {
        const { tx, mount } = context;
        const before = options.replaces === true ? undefined : await records.find(tx, mount, CONFIG);
        const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const config: Config = { ...(before ?? options.initial), ...changes };
        await records.put(tx, mount, CONFIG, options.check(config, context));
        return null;
      }) as never,
    }),
    defineChange({
      name: `${prefix}.delete` as OperationName,
      summary: 'Forget the settings of the auth method: nobody can log in until it is configured anew.',
      capability: 'delete',
      input: z.object({}) as never,
      path,
      event: { ...event, activity: 'delete' },
      perform: (async (_input: unknown, { tx, mount }: ChangeContext) => {
        await records.remove(tx, mount, CONFIG);
        return null;
      }) as never,
    }),
  ];
  return operations as unknown as AnyOperation[];
}
