import { WatchwordError } from '../../foundation/errors.ts';
import type { Clock } from '../../foundation/ports.ts';
import type { Storage } from '../../storage/contract.ts';
import type { EntitySessions } from '../entities/entity-sessions.ts';
import { identityMount } from '../entities/identity-mount.ts';
import type { Tokens } from '../tokens.ts';
import type { FindMount } from './claims.ts';
import type { OrderedToken, TokenOrder } from './contract.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { type SigningPlace, signingRole, signToken } from './sign-token.ts';

export interface TokenOrderDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly records: IssuerRecords;
  readonly tokens: Tokens;
  readonly entities: EntitySessions;
  readonly findMount: FindMount;
}

/** Tokens that the server itself shows to others, for a workload whose session goes on: what is behind {@link TokenOrder}. */
export function orderedTokens(on: TokenOrderDependencies) {
  const { records, storage, clock } = on;
  const place = (): SigningPlace => ({ reader: storage.reader, mount: identityMount, now: clock.now() });
  const named = ({ role, audience }: Pick<TokenOrder, 'role' | 'audience'>) => ({ role, audience: audience || undefined });
  return {
    async checkSigning(order: Pick<TokenOrder, 'role' | 'audience'>): Promise<void> {
      await signingRole(records, named(order), place());
    },
    async signToken(order: TokenOrder): Promise<OrderedToken> {
      const at = place();
      const role = await signingRole(records, named(order), at);
      const found = await on.tokens.findByAccessor(at.reader, order.session, at.now);
      if (found === undefined) throw new WatchwordError('access.token-invalid');
      // Not of one whose entity is disabled.
      const { principal, expiresAt } = await on.entities.complete(found.session, found.token.entityId, at.reader);
      // Whoever it is shown to gets it from us, and we have no key of the workload's.
      const { binding: _its, ...token } = found.token;
      const subject = { token, attributes: principal.attributes };
      const signed = await signToken(on, role, { subject, expiresAt, ttl: order.ttl }, at);
      return { token: signed.token, id: signed.id, issuer: signed.issuer, subject: signed.subject, audience: role.audience };
    },
  };
}
