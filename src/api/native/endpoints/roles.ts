import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';

export const roleLintEndpoint = defineEndpoint({
  path: '/roles/lint',
  operationId: 'lintRoles',
  summary: 'What is dangerous in the roles of auth methods.',
  description: 'Of the roles that the caller may read (`read` on `auth/MOUNT/role/NAME`); of no other role does it say anything.',
  authenticated: true,
  operation: 'roles.lint',
  query: z.strictObject({
    mount: z.string().min(1).max(1024).optional().meta({ description: 'One mount only: `auth/kubernetes`.' }),
  }),
  replyName: 'LintedRoles',
  reply: z.object({
    roles: z.array(
      z.object({
        path: z.string().meta({ description: 'Where the role is read and written: `auth/kubernetes/role/train`.' }),
        method: z.string(),
        owner: z.string().meta({ description: 'Empty when the role names none.' }),
        findings: z.array(z.object({ rule: z.string(), where: z.string(), message: z.string(), advice: z.string() })),
      }),
    ),
  }),
  async answer({ mount }, caller) {
    const { roles } = await caller.perform('roles.lint', mount === undefined ? {} : { mount: `${mount.replace(/\/+$/, '')}/` });
    return { roles: roles.map(({ findings, ...role }) => ({ ...role, findings: [...findings] })) };
  },
});
