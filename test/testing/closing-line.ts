import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';
import { missingServices } from './services.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What did not even get as far as a test: a file that cannot be loaded, a `beforeAll` or `afterAll` that threw. */
function brokenSuites(module: TestModule): readonly (TestModule | TestSuite)[] {
  return [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
}

function count(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Counts {
  const counts: Counts = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    counts.failed += brokenSuites(module).length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
    }
  }
  return counts;
}

/** Skipped tests under the outermost group that holds them, so that one missing service is one line. */
function skippedGroups(modules: readonly TestModule[]): readonly string[] {
  const groups = new Map<string, number>();
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      if (test.result().state !== 'skipped') continue;
      const name = `${module.relativeModuleId} > ${outermost(test)}`;
      groups.set(name, (groups.get(name) ?? 0) + 1);
    }
  }
  return [...groups].map(([name, tests]) => `skipped: ${name} (${tests})`);
}

function outermost(test: TestCase): string {
  let group: TestCase | TestSuite = test;
  while (group.parent.type === 'suite') group = group.parent;
  return group.name;
}

/**
 * Ends the output with `N passed, N failed[, N skipped]`, after what was skipped and why. The line is written as the process
 * ends: nothing comes after it, and an exit code that is not 0 is never called "0 failed", whatever went wrong.
 */
export default class ClosingLine implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  #reasons: readonly string[] = [];
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    process.once('exit', (code) => this.#close(code));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#counts = count(modules, unhandled);
    this.#reasons = [...this.#missing(), ...skippedGroups(modules)];
  }

  /** Nothing is provided where the global setup failed. */
  #missing(): readonly string[] {
    const services = this.#vitest?.getRootProject().getProvidedContext().services;
    if (services === undefined) return [];
    return missingServices(services).map(({ service, remedy }) => `not run, service missing: ${service} (${remedy})`);
  }

  #close(code: number): void {
    const { passed, failed, skipped } = this.#counts;
    const certain = code === 0 ? failed : Math.max(failed, 1);
    const closing = `${passed} passed, ${certain} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    process.stdout.write(`${[...this.#reasons, closing].join('\n')}\n`);
  }
}
