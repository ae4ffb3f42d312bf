/**
 * Names and types of every operation behind the door. Each room adds its own by declaration merging:
 * `declare module '../access/operation-types.ts' { interface OperationTypes { 'kv.read': { input: …; output: … } } }`,
 * so that `api/` is typed without importing any room.
 */
// biome-ignore lint/suspicious/noEmptyInterface: rooms merge their operations into it.
export interface OperationTypes {}

export type OperationName = keyof OperationTypes;
export type InputOf<Name extends OperationName> = OperationTypes[Name] extends { input: infer Input } ? Input : never;
export type OutputOf<Name extends OperationName> = OperationTypes[Name] extends { output: infer Output } ? Output : never;
