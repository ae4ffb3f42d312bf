import { expect, test } from 'vitest';
import { frameworkCommit, frameworkPush } from './pre-commit-call.ts';

const id = 'a'.repeat(40);
const old = 'b'.repeat(40);
const repository = '.';

test('a commit is what is staged, whatever files the framework names', () => {
  expect(frameworkCommit(['a.py'], { GIT_INDEX_FILE: '.git/index' })).toEqual({ kind: 'staged', repository });
});

test('a run by hand looks at a range, at the named files, or at everything that is tracked', () => {
  expect(frameworkCommit([], { PRE_COMMIT_FROM_REF: 'origin/main', PRE_COMMIT_TO_REF: 'HEAD' })).toEqual({
    kind: 'range',
    repository,
    range: 'origin/main..HEAD',
  });
  expect(frameworkCommit(['a.py'], {})).toEqual({ kind: 'paths', paths: ['a.py'] });
  expect(frameworkCommit([], {})).toEqual({ kind: 'staged', repository, whole: true });
});

test('a push is what the remote does not have; without commits the whole branch, without a branch everything that is tracked', () => {
  const names = { PRE_COMMIT_REMOTE_NAME: 'origin', PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/main' };
  expect(frameworkPush({ ...names, PRE_COMMIT_FROM_REF: old, PRE_COMMIT_TO_REF: id })).toEqual({
    kind: 'pushed',
    repository,
    remote: 'origin',
    updates: `refs/pushed ${id} refs/pushed ${old}\n`,
  });
  expect(frameworkPush(names)).toEqual({ kind: 'range', repository, range: 'refs/heads/main' });
  expect(frameworkPush({ PRE_COMMIT_FROM_REF: 'main', PRE_COMMIT_TO_REF: 'HEAD' })).toMatchObject({ range: 'main..HEAD' });
  expect(frameworkPush({ PRE_COMMIT_FROM_REF: '0'.repeat(40), PRE_COMMIT_TO_REF: id })).toMatchObject({ range: id });
  expect(frameworkPush({})).toEqual({ kind: 'staged', repository, whole: true });
});
