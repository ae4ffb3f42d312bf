import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { mayImport, type Room, rooms } from './house.ts';

const inRoom = (name: string): string => `^src/${name}/`;
const TESTS = '\\.test\\.ts$|/testing/';

/** `to` matches what the room may not import. Type imports count, so that no room learns another's shapes by the back door. */
function floorRules(room: Room): IForbiddenRuleType[] {
  const later = room.later ?? [];
  const allowed = [room.name, ...mayImport(room)].map(inRoom);
  const lower = rooms.filter(({ floor }) => floor !== undefined && floor < (room.floor ?? 0)).map(({ name }) => inRoom(name));
  const product = { path: inRoom(room.name), pathNot: TESTS };
  const tests = {
    path: [`${inRoom(room.name)}.*\\.test\\.ts$`, `^src/${room.name}/testing/`, `${inRoom(room.name)}.*/testing/`],
  };
  const rule = (name: string, from: object, to: object): IForbiddenRuleType => ({
    name,
    severity: 'error',
    from,
    to: { path: '^src/', ...to },
  });
  return [
    rule(`floor:${room.name}`, product, { pathNot: [...allowed, ...later.map(inRoom)] }),
    ...later.map((name) => rule(`later:${room.name}`, product, { path: inRoom(name), dynamic: false })),
    // Its tests may stand on real rooms below it even where the product reaches them through the door.
    rule(`floor:${room.name}:tests`, tests, { pathNot: [...allowed, ...lower, ...later.map(inRoom)] }),
  ];
}

const rules: IForbiddenRuleType[] = [
  ...rooms.flatMap(floorRules),
  { name: 'cycle', severity: 'error', from: {}, to: { circular: true } },
  { name: 'unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'outside-the-house',
    severity: 'error',
    from: { path: '^src/', pathNot: rooms.map(({ name }) => inRoom(name)) },
    to: {},
  },
  { name: 'leaves-src', severity: 'error', from: { path: '^src/', pathNot: TESTS }, to: { path: '^(test|scripts|web)/' } },
  { name: 'tests-in-product', severity: 'error', from: { path: '^src/', pathNot: TESTS }, to: { path: TESTS } },
  {
    name: 'development-package-in-product',
    severity: 'error',
    from: { path: '^src/', pathNot: TESTS },
    to: { dependencyTypes: ['npm-dev', 'npm-unknown', 'npm-no-pkg'] },
  },
  {
    // Engines speak to the databases of others, where they issue credentials.
    name: 'sql-outside-tables',
    severity: 'error',
    from: { path: '^src/', pathNot: [TESTS, '-table\\.ts$', '^src/storage/', '^src/leases/engines/'] },
    to: { path: ['node_modules/(kysely|pg|better-sqlite3)/', '^(node:)?sqlite$'] },
  },
  {
    // What scans must start in an instant and run anywhere; what runs beside a workload must not bring a database along.
    name: 'light',
    severity: 'error',
    from: { path: ['^src/cli/commands/scan', '^src/(scanning|redaction|transparency|client|agent)/'], pathNot: TESTS },
    to: { path: ['^src/(storage|server)/', 'node_modules/(kysely|pg)/', '^(node:)?sqlite$'], reachable: true },
  },
];

export interface Cruise {
  readonly modules: number;
  /** `rule: from -> to`, sorted. */
  readonly breaches: readonly string[];
}

/** Reads every module under `src/` of a folder and holds it against the floors. */
export async function cruiseSources(baseDir: string): Promise<Cruise> {
  const { output } = await cruise(
    ['src'],
    {
      baseDir,
      validate: true,
      ruleSet: { forbidden: rules },
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
    },
    { extensions: ['.ts', '.js', '.cjs', '.json'], conditionNames: ['import', 'node', 'default'], exportsFields: ['exports'] },
  );
  const { modules, summary } = output as ICruiseResult;
  return {
    modules: modules.filter(({ source }) => source.startsWith('src/')).length,
    breaches: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort(),
  };
}
