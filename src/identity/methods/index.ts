export { jwtMethod } from './jwt.ts';
export { oidcMethod } from './oidc.ts';
export { slurmMethod } from './slurm.ts';
