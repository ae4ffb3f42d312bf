export { type CompiledPolicies, compilePolicies } from './compile.ts';
export { capabilitiesOf, type Decision, decide, mayReachBelow } from './decide.ts';
export { type Policy, parsePolicy } from './parse.ts';
