import { isJsonObject, type JsonObject } from '../foundation/exact-json.ts';

/** Objects without a prototype: a member called `__proto__` is a member like any other. */
function blank(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/** JSON merge patch, RFC 7396: null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const merged = blank();
  if (isJsonObject(target)) for (const [name, value] of Object.entries(target)) merged[name] = value;
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = isJsonObject(value) ? mergePatch(merged[name], value) : value;
  }
  return merged;
}

/** The shape without the values: every leaf becomes null; below `depth` levels (0 = all) objects are leaves too. */
export function subkeys(value: JsonObject, depth: number): JsonObject {
  const shape = blank();
  for (const [name, member] of Object.entries(value)) {
    const inner = isJsonObject(member) && depth !== 1 && Object.keys(member).length > 0;
    shape[name] = inner ? subkeys(member, depth - 1) : null;
  }
  return shape;
}

/** False when the value nests deeper than `levels`. */
export function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => nestsWithin(member, levels - 1));
}
