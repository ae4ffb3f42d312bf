import type { Check } from '../../detector.ts';

/** Whether `text` (base64 or base64url) decodes to a JSON object that has all of `fields`. */
export function checkBase64Json(text: string, fields: readonly string[]): Check {
  const ok = hasFields(Buffer.from(text, 'base64').toString('utf8'), fields);
  return { ok, reason: ok ? `decodes to JSON with ${fields.join(', ')}` : 'does not decode to the JSON that it should hold' };
}

function hasFields(json: string, fields: readonly string[]): boolean {
  try {
    const object: unknown = JSON.parse(json);
    return typeof object === 'object' && object !== null && fields.every((field) => field in object);
  } catch {
    return false;
  }
}
