import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets made for one run, which must be found nowhere but where they were asked for. */
export class Canaries {
  /** By value: on which path it was sent. */
  readonly #routes = new Map<string, string>();
  readonly #leaks = new Set<string>();

  get count(): number {
    return this.#routes.size;
  }

  /** Another one. @param route what the report calls it by */
  take(route: string): string {
    const value = `canary${randomBytes(12).toString('hex')}`;
    this.#routes.set(value, route);
    return value;
  }

  /** A secret that somebody else made. */
  add(route: string, value: string): string {
    this.#routes.set(value, route);
    return value;
  }

  /** Every canary that these bytes hold, as it is, in hex or in base64, unless it is expected there. */
  look(where: string, bytes: Buffer | string, ...expected: readonly string[]): void {
    const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
    for (const [value, route] of this.#routes) {
      if (expected.includes(value)) continue;
      if (shapesOf(value).some((shape) => text.includes(shape))) this.#leaks.add(`${route} is in ${where}`);
    }
  }

  /** Every file below a folder. @param expected values that belong into a file of this name */
  lookInto(folder: string, expected: Readonly<Record<string, readonly string[]>> = {}): void {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (statSync(path).isFile()) this.look(name, readFileSync(path), ...(expected[name] ?? []));
    }
  }

  /** What was found so far, sorted. */
  get leaks(): readonly string[] {
    return [...this.#leaks].sort();
  }
}

const shapes = new Map<string, readonly string[]>();

/** Base64 has three, by where the value begins in what was encoded; its ends depend on what stands beside it. */
function shapesOf(value: string): readonly string[] {
  const known = shapes.get(value);
  if (known !== undefined) return known;
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from(' '.repeat(offset) + value)
      .toString('base64')
      .slice(4, -4),
  );
  const made = [value, Buffer.from(value).toString('hex'), ...base64];
  shapes.set(value, made);
  return made;
}
