import { isDeepStrictEqual } from 'node:util';
import { BarredToken } from '../../access/door-contract.ts';
import type { Session } from '../../access/operation.ts';
import { isWatchwordError } from '../../foundation/errors.ts';
import type { Reader, Transaction } from '../../storage/contract.ts';
import type { FoundToken } from '../tokens.ts';
import type { Entities } from './entities.ts';
import type { Entity } from './entity.ts';
import type { GroupSnapshot } from './group-snapshot.ts';
import type { Groups } from './groups.ts';
import { type Standing, standingOf, unitedPolicies } from './standing.ts';

interface Known {
  readonly groups: GroupSnapshot;
  readonly standing: Standing;
}

interface Completed {
  readonly standing: Standing;
  readonly session: Session;
}

const nobody: Standing = { policies: [], attributes: {} };

/** What tokens gain and lose by their entity. */
export class EntitySessions {
  readonly #entities: Entities;
  readonly #groups: Groups;
  readonly #standings = new WeakMap<Entity, Known>();
  /** By the session of the token alone. */
  readonly #completed = new WeakMap<Session, Completed>();

  constructor(entities: Entities, groups: Groups) {
    this.#entities = entities;
    this.#groups = groups;
  }

  /**
   * The session with the policies of the token's entity and of its groups, and with the facts for templates: the same object for
   * as long as those are the same. One query; none where nothing was committed since the last one, or without an entity.
   * @throws BarredToken where the entity is disabled or gone
   */
  async complete(session: Session, entityId: string, reader: Reader): Promise<Session> {
    if (entityId === '') return session;
    const { entity, generation } = await this.#entities.resolve(reader, entityId);
    if (entity === undefined) throw new BarredToken(session.principal, 'entity.missing');
    if (entity.disabled) throw new BarredToken(session.principal, 'entity.disabled');
    const standing = this.#standing(entity, await this.#groups.at(reader, generation));
    const known = this.#completed.get(session);
    if (known !== undefined && (known.standing === standing || isDeepStrictEqual(known.standing, standing))) return known.session;
    const completed = { standing, session: withStanding(session, standing) };
    this.#completed.set(session, completed);
    return completed.session;
  }

  /** For whoever asks what a token may do: nothing where its entity is disabled or gone. */
  async inspect({ session, token }: Pick<FoundToken, 'session' | 'token'>, reader: Reader): Promise<Session> {
    try {
      return await this.complete(session, token.entityId, reader);
    } catch (error) {
      if (!isWatchwordError(error, 'access.denied')) throw error;
      return { ...session, root: false, principal: { ...session.principal, policies: [] } };
    }
  }

  /** Policies that the entity and its groups add to its tokens; none where it is disabled or gone. */
  async policies(on: Reader | Transaction, entityId: string): Promise<readonly string[]> {
    return entityId === '' ? [] : (await this.#standingOf(on, entityId)).policies;
  }

  /** As {@link policies}, of an entity that was read at this generation and is not disabled. */
  async policiesOf(
    on: Reader | Transaction,
    { entity, generation }: { entity: Entity; generation: number },
  ): Promise<readonly string[]> {
    return this.#standing(entity, await this.#groups.at(on, generation)).policies;
  }

  async #standingOf(on: Reader | Transaction, entityId: string): Promise<Standing> {
    const { entity, generation } = await this.#entities.resolve(on, entityId);
    if (entity === undefined || entity.disabled) return nobody;
    return this.#standing(entity, await this.#groups.at(on, generation));
  }

  #standing(entity: Entity, groups: GroupSnapshot): Standing {
    const known = this.#standings.get(entity);
    if (known?.groups === groups) return known.standing;
    const fresh = standingOf(entity, groups);
    const standing = known !== undefined && isDeepStrictEqual(known.standing, fresh) ? known.standing : fresh;
    this.#standings.set(entity, { groups, standing });
    return standing;
  }
}

function withStanding(session: Session, { policies, attributes }: Standing): Session {
  const { principal } = session;
  return {
    ...session,
    principal: {
      ...principal,
      policies: unitedPolicies(principal.policies, policies),
      attributes: { ...principal.attributes, ...attributes },
    },
  };
}
