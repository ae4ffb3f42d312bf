/** The mount under whose key entities and groups are sealed; every store has it. */
export const identityMount = { id: 'identity', namespace: 'root' } as const;
