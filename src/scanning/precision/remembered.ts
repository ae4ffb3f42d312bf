const forgetters: (() => void)[] = [];
let isEmpty = true;

/**
 * `of` with its last answer kept: the detectors that come upon one place one after the other ask the same things of it. What it is
 * asked about may be a secret; `forget` drops it.
 */
export function remembered<Answer>(of: (text: string) => Answer): (text: string) => Answer {
  let last: string | undefined;
  let answer: Answer | undefined;
  forgetters.push(() => {
    last = undefined;
    answer = undefined;
  });
  return (text) => {
    if (last !== text) {
      answer = of(text);
      last = text;
      isEmpty = false;
    }
    return answer as Answer;
  };
}

/** Nothing of what was judged so far is kept. */
export function forget(): void {
  if (isEmpty) return;
  for (const drop of forgetters) drop();
  isEmpty = true;
}
