export { slurmMethod } from './slurm.ts';
