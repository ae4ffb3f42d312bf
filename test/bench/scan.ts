import type { Bench, BenchResult } from './bench.ts';

/** One file each in `scan/`, with a `Bench` as its default export. */
const parts = ['engine', 'directory', 'history', 'hook', 'rules', 'hostile', 'peers'];

/** `npm run bench -- scan [PART ...]`: all parts unless some are named. */
const bench: Bench = async (args) => {
  const chosen = args.length === 0 ? parts : args;
  const results: BenchResult[] = [];
  for (const part of chosen) {
    if (!parts.includes(part)) throw new Error(`no part ${part}; there are ${parts.join(', ')}`);
    const { default: measure } = (await import(`./scan/${part}.ts`)) as { default: Bench };
    results.push(await measure([]));
  }
  return {
    ratios: Object.assign({}, ...results.map(({ ratios }) => ratios)),
    figures: Object.assign({}, ...results.map(({ figures }) => figures)),
  };
};

export default bench;
