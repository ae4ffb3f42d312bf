/** Of this program. What CI systems look at: 3 and 4 come from scans. */
export const exitCodes = { done: 0, failed: 1, usage: 2, sealed: 2, found: 3, incomplete: 4, interrupted: 130 } as const;
