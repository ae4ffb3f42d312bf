import type { Plugin } from 'rolldown';

const IMPORT = /^import (?:(\w+)|\* as (\w+)|\{([^}]+)\}) from "(node:[a-z_/]+)";$/gm;

/**
 * Takes Node's own modules as objects. An `import` of one reads every export that it has, and some of them load further modules
 * when they are read: in every hook that is some milliseconds. `node:crypto` is not loaded before one of its functions is called.
 * `globalThis`, because a chunk that imports `node:process` has a `process` of its own, which is not there yet.
 */
export function cheapBuiltins(): Plugin {
  return { name: 'cheap-builtins', renderChunk: withCheapBuiltins };
}

/** The code of a bundled chunk, with its imports of Node's modules replaced. */
export function withCheapBuiltins(code: string): string {
  return code.replace(IMPORT, (_, object?: string, namespace?: string, names = '', module = '') => {
    const taken = `globalThis.process.getBuiltinModule("${module}")`;
    if (object !== undefined || namespace !== undefined) return `const ${object ?? namespace} = ${taken};`;
    if (module === 'node:crypto' && areFunctions(module, names)) return whenCalled(names, taken);
    return `const {${names.replaceAll(' as ', ': ')}} = ${taken};`;
  });
}

const pairsOf = (names: string): (readonly [name: string, local: string])[] =>
  names.split(',').map((pair) => {
    const [name = '', local = name] = pair.trim().split(' as ');
    return [name, local];
  });

/** Whether all of them are called, and none is a class or an object. */
function areFunctions(module: string, names: string): boolean {
  const exported: object = process.getBuiltinModule(module) ?? {};
  return pairsOf(names).every(([name]) => /^[a-z]/.test(name) && typeof Reflect.get(exported, name) === 'function');
}

const whenCalled = (names: string, taken: string): string =>
  pairsOf(names)
    .map(([name, local]) => `const ${local} = (...words) => ${taken}.${name}(...words);`)
    .join(' ');
