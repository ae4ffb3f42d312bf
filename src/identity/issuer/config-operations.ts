import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead } from '../../access/operation.ts';
import type { InputOf } from '../../access/operation-types.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { checkIssuer, type IssuerConfig, issuerName } from './issuer-name.ts';
import { CONFIG, type IssuerRecords } from './issuer-records.ts';

const path = (_input: unknown, mount: MountPoint) => `${mount.path}oidc/config`;
const fields = z.object({
  issuer: z.string().max(1024).optional(),
  exactIssuer: z.boolean().optional(),
}) as unknown as z.ZodType<InputOf<'issuer.config.write'>>;

/** Read and set who the issuer says that it is. */
export function configOperations(records: IssuerRecords): AnyOperation[] {
  return [
    defineRead<'issuer.config.read'>({
      name: 'issuer.config.read',
      summary: 'Read who the issuer of tokens says that it is.',
      capability: 'read',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const config = await records.config(reader, mount);
        return { ...config, effectiveIssuer: issuerName(config, records.address) };
      },
    }),
    defineChange<'issuer.config.write'>({
      name: 'issuer.config.write',
      summary: 'Set who the issuer of tokens says that it is.',
      capability: 'update',
      input: fields,
      path,
      event: { class: 'access-change', activity: 'update', clear: ['issuer', 'exactIssuer'] },
      async perform({ issuer, exactIssuer }, { tx, mount, warn, note }) {
        const before = await records.config(tx, mount);
        const config: IssuerConfig = { issuer: issuer ?? before.issuer, exactIssuer: exactIssuer ?? before.exactIssuer };
        checkIssuer(config);
        await records.configs.put(tx, mount, CONFIG, config);
        const effectiveIssuer = issuerName(config, records.address);
        note({ effectiveIssuer });
        if (effectiveIssuer.startsWith('http:')) {
          warn(
            'the issuer has the scheme http: most verifiers take https alone, and whoever is on the way can give them other keys',
          );
        }
        if (effectiveIssuer !== issuerName(before, records.address)) {
          warn('verifiers must be told of the new issuer; tokens that were signed before name the old one until they expire');
        }
        return null;
      },
    }),
  ];
}
