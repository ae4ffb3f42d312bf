import type { Command } from 'commander';

const FLAG = /^--?([a-z][a-z0-9-]*[a-z0-9])(?:=(.*))?$/s;
const TRUE = /^(1|t|true)$/i;
const FALSE = /^(0|f|false)$/i;

/**
 * Puts Vault's way of writing flags into ours: `-field=x` becomes `--field=x`, and a switch may carry its value
 * (`-orphan=true`). Single letters (`-n`, `-h`) and everything after `--` stay as they are.
 */
export function normalizedArguments(words: readonly string[], program: Command): string[] {
  const switches = new Set(booleanFlags(program));
  const end = words.indexOf('--');
  const flags = end === -1 ? words : words.slice(0, end);
  return [...flags.flatMap((word) => normalized(word, switches)), ...words.slice(flags.length)];
}

function normalized(word: string, switches: ReadonlySet<string>): string[] {
  const match = FLAG.exec(word);
  if (match === null) return [word];
  const [, name, value] = match;
  if (value === undefined) return [`--${name}`];
  if (switches.has(`--${name}`)) {
    if (TRUE.test(value)) return [`--${name}`];
    if (FALSE.test(value)) return switches.has(`--no-${name}`) ? [`--no-${name}`] : [];
  }
  return [`--${name}=${value}`];
}

function booleanFlags(command: Command): string[] {
  const own = command.options.filter((option) => option.isBoolean() || option.negate).map((option) => option.long ?? '');
  return [...own, ...command.commands.flatMap(booleanFlags)];
}
