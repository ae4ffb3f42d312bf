import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entity, type Group, newAlias, newEntity, newGroup } from './entity.ts';
import { GroupSnapshot } from './group-snapshot.ts';
import { standingOf, unitedPolicies } from './standing.ts';

const ENTITY = 'e';
const numbered = (name: string) => fc.integer({ min: 0, max: 7 }).map((number) => `${name}${number}`);
const groups = fc
  .uniqueArray(
    fc.record({
      id: numbered('g'),
      policies: fc.array(numbered('p'), { maxLength: 3 }),
      memberEntityIds: fc.subarray([ENTITY, 'other']),
      // Circles too: the rows may hold what no request can write.
      memberGroupIds: fc.array(numbered('g'), { maxLength: 3 }),
    }),
    { selector: ({ id }) => id },
  )
  .map((list): Group[] => list.map((fields) => ({ ...newGroup(fields.id, 0), name: fields.id, ...fields })));

/** The slow way: add parents until nothing is added. */
function closure(all: readonly Group[]): Set<Group> {
  const found = new Set(all.filter(({ memberEntityIds }) => memberEntityIds.includes(ENTITY)));
  for (;;) {
    const more = all.filter((group) => !found.has(group) && [...found].some(({ id }) => group.memberGroupIds.includes(id)));
    if (more.length === 0) return found;
    for (const group of more) found.add(group);
  }
}

describe('the policies of a session', () => {
  it("are the token's, the entity's and those of every group above one that the entity is in", () => {
    fc.assert(
      fc.property(groups, fc.array(numbered('p')), fc.array(numbered('p')), (all, ofToken, ofEntity) => {
        const entity: Entity = { ...newEntity(ENTITY, 0), policies: ofEntity };
        const { policies } = standingOf(entity, new GroupSnapshot(all, 1));
        const expected = [...ofToken, ...ofEntity, ...[...closure(all)].flatMap((group) => group.policies)];
        expect(new Set(unitedPolicies(ofToken, policies))).toEqual(new Set(expected));
      }),
    );
  });

  it('count each group once, as direct where it names the entity itself', () => {
    fc.assert(
      fc.property(groups, (all) => {
        const { direct, inherited } = new GroupSnapshot(all, 1).belonging(newEntity(ENTITY, 0));
        const ids = [...direct, ...inherited].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(direct.map(({ id }) => id))).toEqual(
          new Set(all.filter(({ memberEntityIds }) => memberEntityIds.includes(ENTITY)).map(({ id }) => id)),
        );
      }),
    );
  });
});

describe('a group', () => {
  it('would circle exactly if it were above itself', () => {
    fc.assert(
      fc.property(groups, fc.array(numbered('g'), { maxLength: 3 }), (all, members) => {
        const id = 'g0';
        const snapshot = new GroupSnapshot(all, 1);
        const below = new Set(members);
        for (let size = -1; size < below.size; ) {
          size = below.size;
          for (const group of all) if (below.has(group.id)) for (const member of group.memberGroupIds) below.add(member);
        }
        expect(snapshot.wouldCircle(id, members)).toBe(below.has(id));
      }),
    );
  });
});

describe('what templates may name', () => {
  it('is never said by a group in the words of another', () => {
    const crew: Group = { ...newGroup('1', 0), name: 'crew', metadata: { x: 'honest' }, memberEntityIds: [ENTITY] };
    const liar: Group = { ...newGroup('2', 0), name: 'crew.metadata', memberEntityIds: [ENTITY], metadata: { x: 'lie' } };
    const { attributes } = standingOf(newEntity(ENTITY, 0), new GroupSnapshot([liar, crew], 1));
    expect(attributes).toMatchObject({
      'identity.groups.names.crew.metadata.x': 'honest',
      'identity.groups.ids.2.name': liar.name,
    });
    expect(Object.keys(attributes).filter((name) => name.startsWith('identity.groups.names.crew.metadata.metadata'))).toEqual([]);
    expect(attributes['identity.groups.names.crew.metadata.id']).toBeUndefined();
  });

  it('tells metadata of the login and of administrators apart', () => {
    const alias = { ...newAlias('a', 'jwt_1', 'ada', 0), metadata: { k: 'login' }, customMetadata: { k: 'admin' } };
    const { attributes } = standingOf({ ...newEntity(ENTITY, 0), aliases: [alias] }, new GroupSnapshot([], 1));
    expect(attributes).toMatchObject({
      'identity.entity.aliases.jwt_1.id': 'a',
      'identity.entity.aliases.jwt_1.metadata.k': 'login',
      'identity.entity.aliases.jwt_1.custom_metadata.k': 'admin',
    });
  });
});
