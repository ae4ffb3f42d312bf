import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const suites = ['wire', 'security', 'components', 'journeys', 'crash'];

/** Servers, crashes and timing want the machine to themselves: one file at a time, one suite after the other. */
const suite = (name: string, order: number): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/testing/services.ts'],
    reporters: ['default', './test/testing/closing-line.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'house',
          include: ['test/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: suites.map((name) => `test/${name}/**`),
          testTimeout: 60_000,
        },
      },
      ...suites.map((name, index) => suite(name, index + 1)),
    ],
  },
});
