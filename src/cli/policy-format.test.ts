import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formattedPolicy } from './policy-format.ts';

const untidy = `path   "secret/data/*" {
capabilities=["read",
"list"]
    # min_wrapping_ttl = 1
  min_wrapping_ttl   = "1s"
max_wrapping_ttl = "90s"   # a = b
  allowed_parameters = {
"x = {" = []
      "*" = ["}"]
}
}



path "a" { capabilities = ["deny"] }`;

describe('a formatted policy', () => {
  it('is indented by its brackets, with equal signs aligned', () => {
    expect(formattedPolicy(untidy)).toBe(`path   "secret/data/*" {
  capabilities = ["read",
    "list"]
  # min_wrapping_ttl = 1
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "90s"   # a = b
  allowed_parameters = {
    "x = {" = []
    "*"     = ["}"]
  }
}

path "a" { capabilities = ["deny"] }
`);
  });

  it('stays as it is when formatted again, and loses nothing but white space', () => {
    const piece = fc.constantFrom('path', '"a b"', '"="', '{', '}', '[', ']', '=', ',', '\n', ' ', '# x = {', 'deny', '"\\""');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const once = formattedPolicy(text);
        expect(formattedPolicy(once)).toBe(once);
        expect(once.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
