import { expect, test } from 'vitest';
import { forget, remembered } from './remembered.ts';

function counted() {
  const asked: string[] = [];
  const lengthOf = remembered((text) => {
    asked.push(text);
    return text.length;
  });
  return { asked, lengthOf };
}

test('the same text in a row is looked at once', () => {
  const { asked, lengthOf } = counted();
  expect([lengthOf('one'), lengthOf('one'), lengthOf('three'), lengthOf('one')]).toEqual([3, 3, 5, 3]);
  expect(asked).toEqual(['one', 'three', 'one']);
});

test('an answer of undefined is remembered too', () => {
  let times = 0;
  const nothing = remembered(() => {
    times += 1;
    return undefined;
  });
  expect([nothing(''), nothing('')]).toEqual([undefined, undefined]);
  expect(times).toBe(1);
});

test('what was forgotten is looked at again', () => {
  const { asked, lengthOf } = counted();
  lengthOf('one');
  forget();
  lengthOf('one');
  expect(asked).toEqual(['one', 'one']);
});
