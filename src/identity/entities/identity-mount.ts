/** The mount under whose key entities, groups and the issuer's records are sealed; every store has one. */
export const identityMount = { id: 'identity', namespace: 'root' } as const;
