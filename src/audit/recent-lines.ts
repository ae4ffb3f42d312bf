const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The newest durable events in memory, within a bound: whoever follows the log closely need not read its files. */
export class RecentLines {
  #lines: string[] = [];
  /** Index of the first of them. */
  #first = 0;
  #characters = 0;

  /** `lines` are the newest events, from `first` on. */
  add(first: number, lines: Iterable<string>): void {
    if (this.#first + this.#lines.length !== first) this.#start(first);
    for (const line of lines) {
      this.#lines.push(line);
      this.#characters += line.length;
    }
    if (this.#characters > MAX_CHARACTERS) this.#drop(this.#lines.length >> 1);
  }

  /** The events [from, to); undefined when the first of them is not here any more. */
  slice(from: number, to: number): readonly string[] | undefined {
    return this.#lines.length === 0 || from < this.#first ? undefined : this.#lines.slice(from - this.#first, to - this.#first);
  }

  #start(first: number): void {
    this.#lines = [];
    this.#first = first;
    this.#characters = 0;
  }

  #drop(count: number): void {
    for (const line of this.#lines.splice(0, count)) this.#characters -= line.length;
    this.#first += count;
  }
}
