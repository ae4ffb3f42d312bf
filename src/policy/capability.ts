/** What a policy can grant on a path. */
export const capabilities = ['create', 'read', 'update', 'delete', 'list', 'patch', 'scan', 'sudo', 'deny'] as const;
export type Capability = (typeof capabilities)[number];
