export { approleMethod } from './approle.ts';
export { azureMethod } from './azure.ts';
export { gcpMethod } from './gcp.ts';
export { jwtMethod } from './jwt.ts';
export { kubernetesMethod } from './kubernetes.ts';
export { oidcMethod } from './oidc.ts';
export { slurmMethod } from './slurm.ts';
export { userpassMethod } from './userpass.ts';
