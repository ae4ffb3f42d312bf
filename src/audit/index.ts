export { openAuditLog } from './audit-log.ts';
export type { AuditKeys, AuditLogOptions, AuditStatus, OpenAuditLog } from './contract.ts';
export { decodeEvent } from './decode-event.ts';
