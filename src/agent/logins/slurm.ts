import { askAgent, SLURM_SOCKET } from '../slurm/agent-client.ts';
import { munge } from '../slurm/munge.ts';
import { runProgram } from '../slurm/programs.ts';
import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

export const slurmLogin: Login = {
  kind: 'slurm',
  summary: `role; inside a job: MUNGE proves its user, the node's agent its state (socket=PATH, by default ${SLURM_SOCKET})`,
  async detect({ env }) {
    return env['SLURM_JOB_ID'] && env['SLURM_CLUSTER_NAME']
      ? `a SLURM job of the cluster ${env['SLURM_CLUSTER_NAME']}`
      : undefined;
  },
  async logIn({ on, post, words: { role, socket = on.env['WATCHWORD_SLURM_SOCKET'] ?? SLURM_SOCKET } }) {
    if (role === undefined) missing('Say which role to log in with: --role NAME.');
    const id = Number(on.env['SLURM_JOB_ID']);
    if (!Number.isSafeInteger(id) || id <= 0) missing('This does not run inside a SLURM job: SLURM_JOB_ID is not set.');
    const mungeSocket = on.env['WATCHWORD_MUNGE_SOCKET'];
    const { data } = await post('nonce', {});
    const { nonce, audience } = (data ?? {}) as { nonce?: unknown; audience?: unknown };
    const credential = await munge({ run: runProgram, mungeSocket }, JSON.stringify({ aud: audience, nonce, job_id: id }));
    const { attestation } = await askAgent(socket, '/attest', { credential });
    return post('login', { role, jwt: String(attestation) });
  },
};
