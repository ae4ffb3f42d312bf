import type { Answer, Liveness } from './verifier.ts';

/** 200: accepted. 401: not accepted. Anything else (a missing right, a limit, a fault) does not say. */
export function byStatus({ status }: Answer): Liveness {
  if (status === 200) return 'live';
  return status === 401 ? 'dead' : 'unknown';
}

export const bearer = (value: string): Record<string, string> => ({ authorization: `Bearer ${value}` });

/** A field of a JSON answer; undefined when the answer is not JSON or has no such field. */
export function fieldOf({ body }: Answer, name: string): unknown {
  try {
    const object: unknown = JSON.parse(body);
    return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
