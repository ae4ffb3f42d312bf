import * as catalogue from './index.ts';
import type { Platform } from './platform.ts';

/** Every platform whose tokens are understood. */
export const platforms: readonly Platform[] = Object.values(catalogue);

/** @param kind `github`; undefined where there is none of the kind */
export function platformOf(kind: string): Platform | undefined {
  return platforms.find((platform) => platform.kind === kind);
}
