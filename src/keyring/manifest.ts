import { WatchwordError } from '../foundation/errors.ts';
import type { Place, RecordCipher } from './contract.ts';
import { openJson, sealJson } from './sealed-json.ts';
import { TAG_BYTES } from './xaes.ts';

/** What a sealed row is recognised by: its authentication tag, in base64. */
export const tagOf = (sealed: Uint8Array) => Buffer.from(sealed.subarray(-TAG_BYTES)).toString('base64');

/**
 * The inventory of a small table of sealed rows that seldom changes: it names the tag of each row, so that a row which was
 * removed, added or put back from an older copy does not go unnoticed. It is a sealed row itself.
 */
export class Manifest {
  readonly #tags: Map<string, string>;

  private constructor(tags: Map<string, string>) {
    this.#tags = tags;
  }

  /** @param sealed undefined for a table that was never written. @throws WatchwordError `keyring.tampered` */
  static open(cipher: RecordCipher, place: Place, sealed: Uint8Array | undefined): Manifest {
    if (sealed === undefined) return new Manifest(new Map());
    return new Manifest(new Map(Object.entries(openJson(cipher, place, sealed) as Record<string, string>)));
  }

  /** @throws WatchwordError `keyring.rolled-back` unless exactly this row, or none, is meant to be there */
  check(name: string, sealed: Uint8Array | undefined): void {
    if (this.#tags.get(name) !== (sealed === undefined ? undefined : tagOf(sealed))) {
      throw new WatchwordError('keyring.rolled-back', 'a stored row is not the one that was written last');
    }
  }

  /** @throws WatchwordError `keyring.rolled-back` unless exactly these rows are meant to be there */
  checkAll(rows: ReadonlyMap<string, Uint8Array>): void {
    for (const name of new Set([...rows.keys(), ...this.#tags.keys()])) this.check(name, rows.get(name));
  }

  /** The manifest as it is after one row was written or, with undefined, removed; sealed. */
  with(cipher: RecordCipher, place: Place, name: string, sealed: Uint8Array | undefined): Buffer {
    const tags = new Map(this.#tags);
    if (sealed === undefined) tags.delete(name);
    else tags.set(name, tagOf(sealed));
    return sealJson(cipher, place, Object.fromEntries(tags));
  }
}
