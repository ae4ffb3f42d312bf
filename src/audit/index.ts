export { openAuditLog } from './audit-log.ts';
export { decodeEvent } from './decode-event.ts';
