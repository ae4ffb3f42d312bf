import type { Envelope } from '../../client/client.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { withProgram } from '../called-as.ts';
import type { Terminal } from '../terminal.ts';
import { chosenFormat, type OutputOptions } from './options.ts';
import { table, title } from './table.ts';
import { field, plainText, rowsOf, yamlText } from './values.ts';
import { visible, visibleJson } from './visible.ts';

/** Bold where a person looks and has not said no (no-color.org). */
function emphasis({ stdout, env }: Terminal): boolean {
  return stdout.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Prints the machine-readable forms; false when a table is wanted, which only the command knows how to make. */
export async function printStructured(terminal: Terminal, options: OutputOptions, value: unknown): Promise<boolean> {
  const format = chosenFormat(terminal, options);
  const { stdout } = terminal;
  if (format === 'json') {
    const json = `${JSON.stringify(value, undefined, 2)}\n`;
    stdout.write(stdout.isTerminal ? visibleJson(json) : json);
  }
  if (format === 'yaml') stdout.write(stdout.isTerminal ? visible(await yamlText(value)) : await yamlText(value));
  return format !== 'table';
}

/** As Vault's `-field`: the bare value, and a line end only where a person reads it. */
export function printField(terminal: Terminal, data: unknown, name: string): void {
  const value = field(data, name);
  if (value === undefined) {
    throw new WatchwordError('client.usage', `There is no field ${name} in the answer; leave --field out to see what there is.`);
  }
  terminal.stdout.write(terminal.stdout.isTerminal ? `${visible(plainText(value))}\n` : plainText(value));
}

/**
 * An answer as Vault's clients know it: the whole envelope as JSON or YAML, lease, token and data as a table. Rows named in
 * `untabled` are left out of the table, which ends in journals and on screens of others.
 */
export async function printAnswer(
  terminal: Terminal,
  options: OutputOptions,
  answer: Envelope,
  untabled: readonly string[] = [],
): Promise<void> {
  printWarnings(terminal, answer);
  const rows = answerData(answer);
  if (options.field !== undefined) return printField(terminal, rows, options.field);
  if (await printStructured(terminal, options, answer)) return;
  const shown = Object.entries(rows).filter(([name]) => !untabled.includes(name));
  terminal.stdout.write(table(['Key', 'Value'], rowsOf(Object.fromEntries(shown))));
}

export function printWarnings(terminal: Terminal, { warnings }: Envelope): void {
  if (!Array.isArray(warnings)) return;
  for (const warning of warnings) {
    terminal.stderr.write(withProgram(`Warning: ${visible(plainText(warning))}\n`, terminal.program));
  }
}

/** What people mean by "the answer": token, wrapping token, or data with its lease. */
export function answerData(answer: Envelope): JsonObject {
  if (isJsonObject(answer.wrap_info)) {
    const { token, accessor, ttl, creation_time, creation_path } = answer.wrap_info;
    return {
      wrapping_token: token,
      wrapping_accessor: accessor,
      wrapping_token_ttl: ttl,
      wrapping_token_creation_time: creation_time,
      wrapping_token_creation_path: creation_path,
    };
  }
  if (isJsonObject(answer.auth)) return authData(answer.auth);
  const lease =
    typeof answer.lease_id === 'string' && answer.lease_id !== ''
      ? { lease_id: answer.lease_id, lease_duration: answer.lease_duration, lease_renewable: answer.renewable }
      : {};
  return { ...lease, ...(isJsonObject(answer.data) ? answer.data : {}) };
}

/** The names that `vault token create -field=` knows. */
function authData(auth: JsonObject): JsonObject {
  return {
    token: auth.client_token,
    token_accessor: auth.accessor,
    token_duration: auth.lease_duration,
    token_renewable: auth.renewable,
    token_policies: auth.token_policies,
    policies: auth.policies,
    ...(isJsonObject(auth.metadata) ? { token_metadata: auth.metadata } : {}),
  };
}

/** The keys of a LIST answer. */
export function listKeys(answer: Envelope | undefined): string[] {
  const keys = isJsonObject(answer?.data) ? answer.data.keys : undefined;
  return Array.isArray(keys) ? keys.map(plainText) : [];
}

export async function printKeys(terminal: Terminal, options: OutputOptions, keys: readonly string[]): Promise<void> {
  if (await printStructured(terminal, options, keys)) return;
  terminal.stdout.write(keys.map((key) => `${visible(key)}\n`).join(''));
}

/** One line that says that it was done; nothing where a program reads. */
export function printDone(terminal: Terminal, options: OutputOptions, text: string): void {
  if (chosenFormat(terminal, options) === 'table') terminal.stdout.write(`${visible(text)}\n`);
}

/** A heading over a table of key and value. */
export function printSection(terminal: Terminal, heading: string, data: JsonObject, textOf?: (value: unknown) => string): void {
  terminal.stdout.write(title(heading, emphasis(terminal)) + table(['Key', 'Value'], rowsOf(data, textOf)));
}
