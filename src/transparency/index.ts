export { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
export { LogReader } from './log-reader.ts';
export { parseVerifier, type Verifier } from './note.ts';
export { proveEvent, verifyProof } from './prove-event.ts';
export { type VerifyReport, verifyLog } from './verify-log.ts';
