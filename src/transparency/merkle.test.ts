import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactRange, EMPTY_ROOT, leafHash, nodeHash } from './merkle.ts';
import { consistencyRanges, inclusionRanges, type LeafRange, RangeRoots, verifyConsistency, verifyInclusion } from './proofs.ts';

/** Leaves and roots of the certificate-transparency reference tests. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function largestPowerBelow(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** The definition of RFC 6962, 2.1, as it is written. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = largestPowerBelow(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

/** PATH of RFC 6962, 2.1.1. */
function naivePath(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = largestPowerBelow(leaves.length);
  if (m < k) return [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))];
  return [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

/** SUBPROOF of RFC 6962, 2.1.2. */
function naiveSubproof(m: number, leaves: readonly Buffer[], complete: boolean): Buffer[] {
  if (m === leaves.length) return complete ? [] : [naiveRoot(leaves)];
  const k = largestPowerBelow(leaves.length);
  if (m <= k) return [...naiveSubproof(m, leaves.slice(0, k), complete), naiveRoot(leaves.slice(k))];
  return [...naiveSubproof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));

function rootOf(leaves: readonly Buffer[]): Buffer {
  const tree = CompactRange.empty();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

function rootsOf(ranges: readonly LeafRange[], leaves: readonly Buffer[]): Buffer[] {
  const roots = new RangeRoots(ranges);
  for (const leaf of leaves) roots.append(leaf);
  return roots.roots();
}

describe('the tree', () => {
  it('has the published roots', () => {
    const leaves = LEAVES.map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(ROOTS.map((_, i) => rootOf(leaves.slice(0, i + 1)).toString('hex'))).toEqual(ROOTS);
    expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('grows as the definition says, for every size', () => {
    const leaves = leavesOf(130);
    const tree = CompactRange.empty();
    for (const [i, leaf] of leaves.entries()) {
      tree.append(leaf);
      expect(tree.root().equals(naiveRoot(leaves.slice(0, i + 1)))).toBe(true);
      expect(CompactRange.of(tree.size, tree.roots)?.root().equals(tree.root())).toBe(true);
    }
    expect(CompactRange.of(5, tree.roots.slice(0, 1))).toBeUndefined();
  });
});

describe('proofs', () => {
  const size = fc.integer({ min: 1, max: 200 });

  it('of inclusion are those of the definition, and verify', () => {
    fc.assert(
      fc.property(size, fc.nat(), (n, pick) => {
        const leaves = leavesOf(n);
        const index = pick % n;
        const proof = rootsOf(inclusionRanges(index, n), leaves);
        expect(proof).toEqual(naivePath(index, leaves));
        expect(verifyInclusion(index, n, leaves[index] as Buffer, proof, rootOf(leaves))).toBe(true);
      }),
    );
  });

  it('of inclusion hold for no other leaf, index, size or root, and not when changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), fc.nat(), fc.nat(), (n, pick, other) => {
        const leaves = leavesOf(n);
        const index = pick % n;
        const leaf = leaves[index] as Buffer;
        const root = rootOf(leaves);
        const proof = rootsOf(inclusionRanges(index, n), leaves);
        const wrong = (index + 1 + (other % (n - 1))) % n;
        expect(verifyInclusion(wrong, n, leaf, proof, root)).toBe(false);
        expect(verifyInclusion(index, n, leaves[wrong] as Buffer, proof, root)).toBe(false);
        expect(verifyInclusion(index, n, leaf, proof, leafHash(Buffer.from('other')))).toBe(false);
        expect(verifyInclusion(index, n, leaf, [...proof, root], root)).toBe(false);
        expect(verifyInclusion(index, n, leaf, proof.slice(1), root)).toBe(false);
        expect(verifyInclusion(n, n, leaf, proof, root)).toBe(false);
      }),
    );
  });

  it('of consistency are those of the definition, and verify', () => {
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [m, n] = a < b ? [a, b] : [b, a];
        const leaves = leavesOf(n);
        const older = { size: m, root: rootOf(leaves.slice(0, m)) };
        const newer = { size: n, root: rootOf(leaves) };
        const proof = rootsOf(consistencyRanges(m, n), leaves);
        expect(proof).toEqual(naiveSubproof(m, leaves, true));
        expect(verifyConsistency(older, newer, proof)).toBe(true);
        expect(verifyConsistency({ size: m, root: leafHash(Buffer.from('other')) }, newer, proof)).toBe(false);
        expect(verifyConsistency(older, { size: n, root: leafHash(Buffer.from('other')) }, proof)).toBe(false);
        expect(verifyConsistency(older, newer, [...proof, newer.root])).toBe(false);
      }),
    );
  });
});
