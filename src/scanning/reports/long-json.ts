import { jsonText } from './printable.ts';

/**
 * Writes JSON whose lists may be longer than one string can be: each of `lists` stands where `value` has an empty list of that name, in the
 * order in which they stand there.
 */
export function writeLongJson(
  write: (text: string) => void,
  value: object,
  lists: Readonly<Record<string, Iterable<object>>>,
): void {
  let rest = jsonText(value, 2);
  for (const [name, items] of Object.entries(lists)) {
    // At the beginning of a line, so that no text of a file can be taken for it: texts hold no line ends.
    const place = new RegExp(`^( *)"${name}": \\[(?=\\])`, 'm').exec(rest);
    if (place === null) throw new TypeError(`no empty list ${name}`);
    const [found, indent = ''] = place;
    write(rest.slice(0, place.index + found.length));
    rest = rest.slice(place.index + found.length);
    let isEmpty = true;
    for (const item of items) {
      const text = jsonText(item, 2).replaceAll('\n', `\n${indent}  `);
      write(`${isEmpty ? '' : ','}\n${indent}  ${text}`);
      isEmpty = false;
    }
    if (!isEmpty) write(`\n${indent}`);
  }
  write(`${rest}\n`);
}

/** One object for each of them, made when it is written. */
export function* each<Item>(items: Iterable<Item>, as: (item: Item) => object): Generator<object> {
  for (const item of items) yield as(item);
}
