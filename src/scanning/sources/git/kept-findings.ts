import type { Sighting } from '../../sighting.ts';
import type { Introduction } from './attribution.ts';

/** Characters of places, and of what git said of them: of more, the rest is found out again each time. */
const MOST = 32 * 1024 * 1024;
/** Names of secrets in all blobs. */
const MOST_NAMES = 4_000_000;
/** Roughly what an introduction takes beside its path. */
const INTRODUCTION = 100;

/** A sighting without its secret, which is read again where it stands, and without its origin. */
export interface KeptSighting extends Omit<Sighting, 'value' | 'origin'> {
  /** The name of its secret. */
  readonly secret: string;
}

export interface Attribution {
  readonly introduced: readonly Introduction[];
  readonly reached: ReadonlySet<string>;
}

/** Blobs with something to tell, and the names of their secrets; undefined when these are not known. */
export type Hits = ReadonlyMap<string, readonly string[] | undefined>;

/** As it is written. */
interface Written {
  readonly names: readonly string[];
  readonly hits: readonly (readonly [string, readonly number[] | null])[];
  readonly attribution?: {
    readonly state: string;
    readonly introduced: readonly Introduction[];
    readonly reached: readonly string[];
  };
  /** Whose sightings are on the lines that follow. */
  readonly places: readonly string[];
}

/**
 * What is known of a repository's findings from the last run, and what is to be known in the next: which blobs held something, what was
 * sighted in them, who brought it in. Secrets are left out; a path or a comment that quotes one is kept as it is.
 */
export class KeptFindings {
  readonly hits: Hits;
  readonly #attribution: Written['attribution'];
  /** JSON, by blob and path. */
  readonly #known: ReadonlyMap<string, string>;
  readonly #next = new Map<string, string>();
  #nextAttribution: Written['attribution'];
  #room = MOST;
  #isNew = false;

  /** `text` as `written` makes it; undefined when nothing is known. */
  constructor(text?: Buffer) {
    const lines = text === undefined ? [] : text.toString('utf8').split('\n');
    const { names, hits, attribution, places }: Written = JSON.parse(lines[0] ?? '{"names":[],"hits":[],"places":[]}');
    this.hits = new Map(hits.map(([id, numbers]) => [id, numbers?.map((number) => names[number] as string)]));
    this.#attribution = attribution;
    this.#known = new Map(places.map((place, index) => [place, lines[index + 1] as string]));
  }

  /** What is sighted in a blob under a path; undefined when it has to be scanned. */
  sightings(blob: string, path: string): KeptSighting[] | undefined {
    const json = this.#known.get(placeOf(blob, path));
    return json === undefined ? undefined : JSON.parse(json);
  }

  /** Who brought in the blobs; undefined unless it is known for that state of the history. */
  attribution(state: string): Attribution | undefined {
    if (this.#attribution?.state !== state) return undefined;
    return { introduced: this.#attribution.introduced, reached: new Set(this.#attribution.reached) };
  }

  /** A place whose sightings stay as they are. */
  keep(blob: string, path: string): void {
    const place = placeOf(blob, path);
    const json = this.#known.get(place);
    if (json !== undefined) this.#put(place, json);
  }

  /** Begins a place that is scanned now. */
  record(blob: string, path: string): PlaceRecord {
    return new PlaceRecord((kept) => this.#put(placeOf(blob, path), `[${kept.join(',')}]`), this.#room);
  }

  #put(place: string, json: string): void {
    if (json.length + place.length > this.#room) return;
    this.#room -= json.length + place.length;
    this.#next.set(place, json);
    this.#isNew ||= this.#known.get(place) !== json;
  }

  keepAttribution(state: string, { introduced, reached }: Attribution): void {
    const size = introduced.reduce((sum, { path }) => sum + path.length + INTRODUCTION, 0);
    this.#nextAttribution = size > MOST ? undefined : { state, introduced, reached: [...reached] };
    this.#isNew ||= state !== this.#attribution?.state;
  }

  /** Whether `written` would say something else than what was read. */
  isChanged(hits: Hits): boolean {
    return this.#isNew || hits.size !== this.hits.size || this.#next.size !== this.#known.size;
  }

  /** For the next run: these hits, and the places that were recorded or kept in this one. */
  written(hits: Hits): Buffer {
    const numbers = new Map<string, number>();
    let left = MOST_NAMES;
    const numbered = (names: readonly string[] | undefined): number[] | null => {
      left -= names?.length ?? 0;
      if (names === undefined || left < 0) return null;
      return names.map((name) => {
        const number = numbers.get(name) ?? numbers.size;
        numbers.set(name, number);
        return number;
      });
    };
    const written: Written = {
      hits: [...hits].map(([id, names]) => [id, numbered(names)] as const),
      names: [...numbers.keys()],
      ...(this.#nextAttribution === undefined ? {} : { attribution: this.#nextAttribution }),
      places: [...this.#next.keys()],
    };
    return Buffer.from([JSON.stringify(written), ...this.#next.values()].join('\n'), 'utf8');
  }
}

const placeOf = (blob: string, path: string): string => `${blob} ${path}`;

/** Takes down what is sighted in one place. */
class PlaceRecord {
  readonly #done: (kept: readonly string[]) => void;
  #kept: string[] | undefined = [];
  #room: number;

  constructor(done: (kept: readonly string[]) => void, room: number) {
    this.#done = done;
    this.#room = room;
  }

  add(secret: string, { value: _value, origin: _origin, ...sighting }: Sighting): void {
    if (this.#kept === undefined) return;
    const kept: KeptSighting = { secret, ...sighting };
    const json = JSON.stringify(kept);
    this.#room -= json.length + 1;
    if (this.#room < 0) this.spoil();
    else this.#kept.push(json);
  }

  /** What is to be told may be otherwise the next time. */
  spoil(): void {
    this.#kept = undefined;
  }

  /** All was told. */
  end(): void {
    if (this.#kept !== undefined) this.#done(this.#kept);
  }
}
