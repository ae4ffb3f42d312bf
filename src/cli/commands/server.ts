import { Command, Option } from 'commander';

const camelToKebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

interface SettingSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
}

/** `watchword server`. Options, their help and their environment variables derive from the configuration's schema. */
export async function serverCommand(): Promise<Command> {
  const [{ configurationSchema }, { z }] = await Promise.all([import('../../server/configuration.ts'), import('zod')]);
  const settings = z.toJSONSchema(configurationSchema).properties as Readonly<Record<string, SettingSchema>>;
  const command = new Command('server').description(
    'Runs the server in the foreground until it is interrupted. The first start makes the data directory and initialises the store.',
  );
  for (const [name, setting] of Object.entries(settings)) command.addOption(serverOption(camelToKebab(name), setting));
  return command.action(async () => {
    const { runServer } = await import('../../server/main.ts');
    await runServer(command.opts());
  });
}

function serverOption(flag: string, setting: SettingSchema): Option {
  const placeholder = setting.enum === undefined ? placeholderFor(flag, setting) : 'name';
  const option = new Option(`--${flag} <${placeholder}>`, setting.description ?? '');
  option.env(`WATCHWORD_${flag.toUpperCase().replaceAll('-', '_')}`);
  if (setting.default !== undefined) option.default(setting.default);
  if (setting.enum !== undefined) option.choices(setting.enum);
  return option;
}

function placeholderFor(flag: string, { type }: SettingSchema): string {
  if (type === 'integer' || type === 'number') return 'number';
  if (flag.endsWith('-file')) return 'file';
  return flag.endsWith('-dir') ? 'folder' : 'text';
}
