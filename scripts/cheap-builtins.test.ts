import { sep } from 'node:path';
import { expect, test } from 'vitest';
import { withCheapBuiltins } from './cheap-builtins.ts';

const taken = (module: string): string => `globalThis.process.getBuiltinModule("node:${module}")`;

test('what is imported of a module of Node is taken of it by name', () => {
  expect(withCheapBuiltins('import { join, posix as p } from "node:path";')).toBe(`const { join, posix: p } = ${taken('path')};`);
  expect(withCheapBuiltins('import fs from "node:fs";')).toBe(`const fs = ${taken('fs')};`);
  expect(withCheapBuiltins('import * as fs from "node:fs";')).toBe(`const fs = ${taken('fs')};`);
});

test('a chunk that imports the process itself can be run', () => {
  const code = withCheapBuiltins('import { sep } from "node:path";\nimport process from "node:process";\n');
  expect(new Function(`${code} return process.platform + sep;`)()).toBe(process.platform + sep);
});

test('functions of cryptography are taken when they are called, its classes at once', () => {
  expect(withCheapBuiltins('import { createHash as hash } from "node:crypto";')).toBe(
    `const hash = (...words) => ${taken('crypto')}.createHash(...words);`,
  );
  expect(withCheapBuiltins('import { KeyObject, createHash } from "node:crypto";')).toBe(
    `const { KeyObject, createHash } = ${taken('crypto')};`,
  );
});

test('other imports stay as they are', () => {
  const code = 'import { a } from "./chunk.js";\nexport { b } from "node:os";';
  expect(withCheapBuiltins(code)).toBe(code);
});
