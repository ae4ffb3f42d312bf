/**
 * Three bytes each, of which nearly every `anywhere` anchor has one: few, rare in source texts, and those that resemble each other
 * on a line, so that the filter, which keeps the lines apart and not the fragments, lets little else through. Chosen by
 * `node scripts/fragments.ts`; an anchor that has none of them is found nevertheless, by a fragment of its own.
 */
export const fragmentGroups: readonly (readonly string[])[] = [
  ['b2+', 'db+', 'ft+', 'le+', 'na+', 'se+', 'te+', 've+'],
  ['0q~', '1q~', '2q~', '3q~', '4q~', '5q~', '6q~', '7q~', '8q~', '9q~', '_pw', 'dpw', 'jqq', 'tpw'],
  [':$1', ':$2', ':$5', ':$6', ':$a', ':$y', ':*:', 's-c'],
  ['://', ':26', ':54', ':64', 'g/b', 'k.o'],
  ['"kt', ':{s', 'mot'],
  ['p "', 'rs"', 'ss='],
  ['ce=', 'dr=', 'er=', 'id=', 'lm|', 'me='],
  ['asi', 'asv', 'azc', 'azf', 'azs', 'ost'],
  [':aa', 'gda', 'iad', 'kia', 'mac'],
  ['[cl', 'aio', 'scp', 'sig', 'zdo'],
  ['cdb', 'jdb', 'ngo', 'ogi', 'tok'],
  ['pe ', 'psk', 'pwd', 'uth'],
  ['@tc', '@un', 'bun', 'cur', 'dsn', 'ftp', 'ito'],
  ['dis', 'pas', 'sal', 'sql', 'tia', 'tic', 'tif'],
  ['+ab', '+ac', '+ae', '+as', '- n', '<au', '<lo', '<se'],
  ['bcp', 'ecr', 'key', 'nn_', 'pi]', 'riv'],
];
