/**
 * The hot loop of the scanner, in AssemblyScript (SIMD, fixed memory, no runtime). `npm run kernel` turns it into
 * `kernel-binary.ts`. It reports where an anchor stands and the surroundings can hold a credential, as pairs (address, anchor);
 * it may report too much and never too little.
 *
 * 64 bytes become one word of bits in each mask:
 *   TOKEN   [A-Za-z0-9_+/.=~:-]   what a structured token is made of
 *   RUN     [A-Za-z0-9_+/-]       what a contextual value is made of
 *   WORD    [A-Za-z0-9_]          what may not stand before a structured token
 *   ESCAPE  backslash, percent    after which it may, a few characters later
 *   DIGIT   [0-9]
 *   RARE    zero for the last byte of something that looks like three bytes of an `anywhere` anchor
 */

/** Memory. Everything below `WINDOW` is tables that are filled once. */
export const FAT: u32 = 1024; // twelve tables of 16 bytes, for RARE
export const CLASSES: u32 = 1536; // two tables and seven repeated bytes, for the other masks
const MASKS: u32 = 2048;
const MASK_SIZE: u32 = 66 * 8; // one word of the segment before, 64, one of the segment after
const TOKEN: u32 = MASKS;
const RUN: u32 = MASKS + MASK_SIZE;
const WORD: u32 = MASKS + 2 * MASK_SIZE;
const ESCAPE: u32 = MASKS + 3 * MASK_SIZE;
const DIGIT: u32 = MASKS + 4 * MASK_SIZE;
const RARE: u32 = MASKS + 5 * MASK_SIZE;
/**
 * Four dictionaries: for `prefix`, `nearby`, `nearby` with a long run, and `anywhere`. Each is a byte for every hash and the first entry of every 4 hashes. The
 * byte is 1 when an anchor begins with the hashed bytes, 2 when one has another byte before them, by which it is hashed once more.
 */
export const DICTIONARIES: u32 = 8192;
const HEADS: u32 = 16384;
const DICTIONARY_SIZE: u32 = 16384 + 8192;
const PREFIX: u32 = DICTIONARIES;
const NEARBY: u32 = DICTIONARIES + DICTIONARY_SIZE;
const NEARBY_LONG: u32 = DICTIONARIES + 2 * DICTIONARY_SIZE;
const ANYWHERE: u32 = DICTIONARIES + 3 * DICTIONARY_SIZE;
/**
 * 32 bytes each: address of the text u32, its length u8, offset of the hashed bytes u8, next entry u16, anchor u32, guards u32, of
 * what follows it the first letter and the second letter as sets of 32 bits, its first four bytes and which bits of them count.
 */
export const ENTRIES: u32 = 106496;
/** The anchors' bytes, each with bit 5 set: that is how case is ignored. */
export const TEXTS: u32 = 204800;
export const EVENTS: u32 = 278528;
/** Beginnings and ends of runs of at least 24 characters with a digit and a letter: where encoded text may stand. */
export const RUNS: u32 = 409600;
export const RUNS_ROOM: u32 = 8192; // pairs
export const RUN_COUNT: u32 = 1280;
/** Where escapes stand that the decoded layers look for, counted from the beginning of the text. */
export const ESCAPES: u32 = 475136;
export const ESCAPES_ROOM: u32 = 20000;
export const ESCAPE_COUNT: u32 = 1284;
/** Room for that many events; `next` stops when one more word might not fit. */
export const FULL: u32 = 16384 - 4096;
/** A segment's places for `listRare`, and a few more. */
const PLACES: u32 = 557056;
/** The text. Before it and behind it there are line feeds. */
export const WINDOW: u32 = 574464;
export const WINDOW_SIZE: u32 = 4194304;
const PADDING: u32 = 512;

const SEGMENT: u32 = 4096;
const SEGMENT_WORDS: u32 = 64;
/** The largest distance between the start of a `nearby` match and its run. */
const GAP: u32 = 192;
/** A run of so many characters is a long one. */
const LONG: u32 = 32;

let end: u32 = 0;
let segment: u32 = 0;
let word: u32 = 0;
let words: u32 = 0;
let count: u32 = 0;
/** The run that reaches into the next word: where it begins, and what was seen in it (1 a digit, 2 a letter). */
let open: bool = false;
let runFrom: u32 = 0;
let seen: u32 = 0;
/** Where `nearby` anchors have still to be looked for, and how far behind its beginning an anchor's hashed bytes can lie. */
let longRuns: u32 = 0;
let escapeCount: u32 = 0;
/** The byte behind the last pair of a backslash and another. */
let unescaped: u32 = 0;
let hotFrom: u32 = 0;
let hotTo: u32 = 0;
/** The same for anchors that want a long run. */
let longFrom: u32 = 0;
let longTo: u32 = 0;
let farthest: u32 = 0;
/** What `listRare` has listed and is still to be looked up. */
let placesFrom: u32 = 0;
let placesTo: u32 = 0;

/** `offset`: the largest of the offsets in the dictionary for `nearby`. */
export function configure(offset: u32): void {
  farthest = offset;
  memory.fill(WINDOW - PADDING, 10, PADDING);
}

/** Begins with the text of `length` bytes that was put at `WINDOW`, and goes on as `next` does. */
export function start(length: u32): u32 {
  end = WINDOW + length;
  memory.fill(end, 10, PADDING);
  segment = WINDOW - SEGMENT;
  word = 0;
  words = 0;
  open = false;
  longRuns = 0;
  escapeCount = 0;
  unescaped = 0;
  hotFrom = WINDOW;
  hotTo = WINDOW;
  longFrom = WINDOW;
  longTo = WINDOW;
  placesTo = placesFrom;
  store<u64>(WORD + 64 * 8, 0);
  store<u64>(ESCAPE + 64 * 8, 0);
  return next();
}

/**
 * Goes on until the text ends or there are `FULL` events or more, and says how many there are. At the end `RUN_COUNT` is how many
 * runs there were in the text; when more than there is room for, only the first are kept.
 */
export function next(): u32 {
  count = 0;
  while (true) {
    if (hotFrom < hotTo) {
      hotFrom = searchNearby(NEARBY, hotFrom, hotTo);
      if (hotFrom > hotTo) hotTo = hotFrom;
      if (count >= FULL) return count;
    }
    if (longFrom < longTo) {
      longFrom = searchNearby(NEARBY_LONG, longFrom, longTo);
      if (longFrom > longTo) longTo = longFrom;
      if (count >= FULL) return count;
    }
    while (placesFrom < placesTo) {
      const at = load<u32>(placesFrom);
      chain(ANYWHERE, hashed(load<u32>(at) & 0x1f1f1f), at);
      placesFrom += 4;
      if (count >= FULL) return count;
    }
    if (word == words) {
      segment += SEGMENT;
      if (segment >= end) {
        segment -= SEGMENT;
        store<u32>(RUN_COUNT, longRuns);
        store<u32>(ESCAPE_COUNT, escapeCount);
        return count;
      }
      const rest = (end - segment + 63) >> 6;
      words = rest < SEGMENT_WORDS ? rest : SEGMENT_WORDS;
      word = 0;
      store<u64>(WORD, load<u64>(WORD + 64 * 8));
      store<u64>(ESCAPE, load<u64>(ESCAPE + 64 * 8));
      classify(segment, words + 1);
      sift(segment, words);
      listRare();
    }
    step();
    word += 1;
    if (count >= FULL) return count;
  }
}

/** Fills the masks for `number` words. The constants come from memory, since those in the code would be made anew each time. */
function classify(from: u32, number: u32): void {
  const lows = v128.load(CLASSES);
  const highs = v128.load(CLASSES, 16);
  const nibble = v128.load(CLASSES, 32);
  const toToken = v128.load(CLASSES, 48);
  const toRun = v128.load(CLASSES, 64);
  const toWord = v128.load(CLASSES, 80);
  const toDigit = v128.load(CLASSES, 96);
  const backslash = v128.load(CLASSES, 112);
  const percent = v128.load(CLASSES, 128);
  const to = from + (number << 6);
  for (let mask: u32 = MASKS + 8; from < to; mask += 2) {
    const bytes = v128.load(from);
    const low = v128.and(bytes, nibble);
    const high = v128.and(i16x8.shr_u(bytes, 4), nibble);
    const kind = v128.and(i8x16.relaxed_swizzle(lows, low), i8x16.relaxed_swizzle(highs, high));
    store<u16>(mask, <u16>i8x16.bitmask(i8x16.add(kind, toToken)));
    store<u16>(mask, <u16>i8x16.bitmask(i8x16.add(kind, toRun)), MASK_SIZE);
    store<u16>(mask, <u16>i8x16.bitmask(i8x16.add(kind, toWord)), 2 * MASK_SIZE);
    store<u16>(mask, <u16>i8x16.bitmask(i8x16.add(kind, toDigit)), 4 * MASK_SIZE);
    const escapes = v128.or(i8x16.eq(bytes, backslash), i8x16.eq(bytes, percent));
    store<u16>(mask, <u16>i8x16.bitmask(escapes), 3 * MASK_SIZE);
    from += 16;
  }
}

/** Fills the mask RARE for `number` words. Sixteen groups of fragments, eight in each half of the tables. */
function sift(from: u32, number: u32): void {
  const nibble = v128.load(CLASSES, 32);
  const low0 = v128.load(FAT);
  const high0 = v128.load(FAT, 16);
  const low1 = v128.load(FAT, 32);
  const high1 = v128.load(FAT, 48);
  const low2 = v128.load(FAT, 64);
  const high2 = v128.load(FAT, 80);
  const otherLow0 = v128.load(FAT, 96);
  const otherHigh0 = v128.load(FAT, 112);
  const otherLow1 = v128.load(FAT, 128);
  const otherHigh1 = v128.load(FAT, 144);
  const otherLow2 = v128.load(FAT, 160);
  const otherHigh2 = v128.load(FAT, 176);
  const last = v128.load(from - 16);
  const lastLow = v128.and(last, nibble);
  const lastHigh = v128.and(i16x8.shr_u(last, 4), nibble);
  let before0 = v128.and(i8x16.relaxed_swizzle(low0, lastLow), i8x16.relaxed_swizzle(high0, lastHigh));
  let before1 = v128.and(i8x16.relaxed_swizzle(low1, lastLow), i8x16.relaxed_swizzle(high1, lastHigh));
  let otherBefore0 = v128.and(i8x16.relaxed_swizzle(otherLow0, lastLow), i8x16.relaxed_swizzle(otherHigh0, lastHigh));
  let otherBefore1 = v128.and(i8x16.relaxed_swizzle(otherLow1, lastLow), i8x16.relaxed_swizzle(otherHigh1, lastHigh));
  const to = from + (number << 6);
  for (let mask: u32 = RARE + 8; from < to; mask += 2) {
    const bytes = v128.load(from);
    const low = v128.and(bytes, nibble);
    const high = v128.and(i16x8.shr_u(bytes, 4), nibble);
    const first = v128.and(i8x16.relaxed_swizzle(low0, low), i8x16.relaxed_swizzle(high0, high));
    const second = v128.and(i8x16.relaxed_swizzle(low1, low), i8x16.relaxed_swizzle(high1, high));
    const third = v128.and(i8x16.relaxed_swizzle(low2, low), i8x16.relaxed_swizzle(high2, high));
    const all = v128.and(third, v128.and(shifted1(before1, second), shifted2(before0, first)));
    before0 = first;
    before1 = second;
    const otherFirst = v128.and(i8x16.relaxed_swizzle(otherLow0, low), i8x16.relaxed_swizzle(otherHigh0, high));
    const otherSecond = v128.and(i8x16.relaxed_swizzle(otherLow1, low), i8x16.relaxed_swizzle(otherHigh1, high));
    const otherThird = v128.and(i8x16.relaxed_swizzle(otherLow2, low), i8x16.relaxed_swizzle(otherHigh2, high));
    const others = v128.and(otherThird, v128.and(shifted1(otherBefore1, otherSecond), shifted2(otherBefore0, otherFirst)));
    otherBefore0 = otherFirst;
    otherBefore1 = otherSecond;
    store<u16>(mask, <u16>i8x16.bitmask(i8x16.eq(v128.or(all, others), i8x16.splat(0))));
    from += 16;
  }
}

/** The last byte of `before` and all but the last of `bytes`. */
@inline
function shifted1(before: v128, bytes: v128): v128 {
  return i8x16.shuffle(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

@inline
function shifted2(before: v128, bytes: v128): v128 {
  return i8x16.shuffle(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}

/** Of the positions in `bits`, those at which 16 or more ones begin; `following` are the next 64. */
@inline
function beginnings(bits: u64, following: u64): u64 {
  const two = bits & ((bits >> 1) | (following << 63));
  const followingTwo = following & (following >> 1);
  const four = two & ((two >> 2) | (followingTwo << 62));
  const followingFour = followingTwo & (followingTwo >> 2);
  const eight = four & ((four >> 4) | (followingFour << 60));
  const followingEight = followingFour & (followingFour >> 4);
  return eight & ((eight >> 8) | (followingEight << 56));
}

/** One word of the masks. */
function step(): void {
  const base = segment + (word << 6);
  const at = (word + 1) << 3;
  const long = beginnings(load<u64>(TOKEN + at), load<u64>(TOKEN + at, 8));
  let runs: u64 = 0;
  if (long != 0) {
    const name = load<u64>(WORD + at);
    const nameBefore = load<u64>(WORD + at - 8);
    const escape = load<u64>(ESCAPE + at);
    const escapeBefore = load<u64>(ESCAPE + at - 8);
    // The ends of \n, %3D, \x1b and \u0022.
    const escaped = (escape << 2) | (escapeBefore >> 62) | (escape << 3) | (escapeBefore >> 61) | (escape << 4) |
      (escapeBefore >> 60) | (escape << 6) | (escapeBefore >> 58);
    let words = long & name & (~((name << 1) | (nameBefore >> 63)) | escaped);
    while (words != 0) {
      lookForPrefix(base + <u32>ctz(words));
      words &= words - 1;
    }
    runs = beginnings(load<u64>(RUN + at), load<u64>(RUN + at, 8));
  }
  if (runs != 0 || open) followRuns(runs, base, at);
  const escapes = load<u64>(ESCAPE + at);
  if (escapes != 0) noteEscapes(escapes, base);
}

/**
 * Lists the places of a segment at which something looks like three bytes of an `anywhere` anchor and has their hash. Without a branch
 * for each: which of them do is chance, and guessing wrong costs more than the work.
 */
function listRare(): void {
  let to = PLACES;
  for (let index: u32 = 0; index < words; index += 1) {
    const base = segment + (index << 6) - 2;
    let rare = ~load<u64>(RARE + 8 + (index << 3));
    const next = to + (<u32>popcnt(rare) << 2);
    // Four at once, mostly all there are; what is too many is written over.
    do {
      store<u32>(to, base + <u32>ctz(rare));
      rare &= rare - 1;
      store<u32>(to, base + <u32>ctz(rare), 4);
      rare &= rare - 1;
      store<u32>(to, base + <u32>ctz(rare), 8);
      rare &= rare - 1;
      store<u32>(to, base + <u32>ctz(rare), 12);
      rare &= rare - 1;
      to += 16;
    } while (to < next);
    to = next;
  }
  placesFrom = PLACES;
  placesTo = PLACES;
  for (let from = PLACES; from < to; from += 4) {
    const at = load<u32>(from);
    store<u32>(placesTo, at);
    placesTo += load<u8>(ANYWHERE + hashed(load<u32>(at) & 0x1f1f1f)) != 0 ? 4 : 0;
  }
}

/** Keeps the places of `\"`, `\/`, `\n`, `\u` and of a percent sign with two hexadecimal digits. */
function noteEscapes(escapes: u64, base: u32): void {
  while (escapes != 0) {
    const at = base + <u32>ctz(escapes);
    escapes &= escapes - 1;
    const next: u32 = load<u8>(at + 1);
    if (load<u8>(at) == 92) {
      if (at < unescaped) continue;
      unescaped = at + 2;
      if (next != 34 && next != 47 && next != 110 && next != 117) continue;
    } else if (!isHex(next) || !isHex(load<u8>(at + 2))) continue;
    if (escapeCount < ESCAPES_ROOM) store<u32>(ESCAPES + (escapeCount << 2), at - WINDOW);
    escapeCount += 1;
  }
}

@inline
function isHex(byte: u32): bool {
  return byte - 48 < 10 || (byte | 32) - 97 < 6;
}

/** `starts`: where 16 characters of a run begin, so a run of n characters has n - 15 neighbouring ones. */
function followRuns(starts: u64, base: u32, at: u32): void {
  if (open) {
    const length = <u32>ctz(~starts);
    if (length == 64) {
      inspect(base, base + 64);
      heat(base + 64, base + 64 - runFrom);
      return;
    }
    inspect(base, base + length + 15);
    heat(base + length, base + length + 15 - runFrom);
    note(base + length + 15);
    open = false;
    starts &= ~(<u64>0) << length;
  }
  // Most runs are names without a digit.
  if ((load<u64>(DIGIT + at) | (load<u64>(DIGIT + at, 8) & 0x7fff)) == 0) {
    if (<i64>starts < 0) {
      runFrom = base + 64 - <u32>clz(~starts);
      seen = 0;
      inspect(runFrom, base + 64);
      open = true;
    }
    return;
  }
  while (starts != 0) {
    const first = <u32>ctz(starts);
    const length = <u32>ctz(~(starts >> first));
    runFrom = base + first;
    seen = 0;
    if (first + length == 64) {
      inspect(runFrom, base + 64);
      heat(base + 64, base + 64 - runFrom);
      open = true;
      return;
    }
    inspect(runFrom, runFrom + length + 15);
    heat(runFrom + length, length + 15);
    note(runFrom + length + 15);
    starts &= ~(((<u64>1 << length) - 1) << first);
  }
}

/** Notes whether there is a digit and a letter among these bytes of a run. */
function inspect(from: u32, to: u32): void {
  while (from < to && seen != 3) {
    const bytes = v128.load(from);
    let among: u32 = 0xffff;
    if (to - from < 16) among = (1 << (to - from)) - 1;
    const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10));
    const letters = i8x16.lt_u(i8x16.sub(v128.or(bytes, i8x16.splat(32)), i8x16.splat(97)), i8x16.splat(26));
    if (<u32>i8x16.bitmask(digits) & among) seen |= 1;
    if (<u32>i8x16.bitmask(letters) & among) seen |= 2;
    from += 16;
  }
}

/** Keeps a run that has ended. */
function note(to: u32): void {
  if (seen != 3 || to - runFrom < 24) return;
  if (longRuns < RUNS_ROOM) {
    store<u32>(RUNS + (longRuns << 3), runFrom);
    store<u32>(RUNS + (longRuns << 3), to, 4);
  }
  longRuns += 1;
}

/**
 * If the run can be a value: anchors from `GAP` before it up to `to` may begin a match. `known` is how long it is at least; of a run
 * that goes on more is known later.
 */
@inline
function heat(to: u32, known: u32): void {
  if (seen != 3) return;
  to += farthest;
  if (hotFrom >= hotTo) hotFrom = runFrom - GAP > hotTo ? runFrom - GAP : hotTo;
  if (to > hotTo) hotTo = to;
  if (known < LONG) return;
  if (longFrom >= longTo) longFrom = runFrom - GAP > longTo ? runFrom - GAP : longTo;
  if (to > longTo) longTo = to;
}

/** Looks for anchors that begin between the two, and says how far it came before the events had filled their room. */
function searchNearby(dictionary: u32, from: u32, to: u32): u32 {
  let at = from;
  while (at < to) {
    // Four at once: mostly there is nothing in all of them.
    const bytes = load<u64>(at) & 0x1f1f1f1f1f1f;
    const hash0 = hashed(<u32>bytes);
    const hash1 = hashed(<u32>(bytes >> 8));
    const hash2 = hashed(<u32>(bytes >> 16));
    const hash3 = hashed(<u32>(bytes >> 24));
    const known0 = load<u8>(dictionary + hash0);
    const known1 = load<u8>(dictionary + hash1);
    const known2 = load<u8>(dictionary + hash2);
    const known3 = load<u8>(dictionary + hash3);
    if (known0 | known1 | known2 | known3) {
      if (known0) chain(dictionary, hash0, at);
      if (known1) chain(dictionary, hash1, at + 1);
      if (known2) chain(dictionary, hash2, at + 2);
      if (known3) chain(dictionary, hash3, at + 3);
      if (count >= FULL) {
        at += 4;
        break;
      }
    }
    at += 4;
  }
  return at;
}

/** Of the lower three bytes, 14 bits. Case does not matter when only the lower five bits of each are given. */
@inline
function hashed(fragment: u32): u32 {
  return ((fragment << 8) * 0x9e3779b1) >> 18;
}

@inline
function lookForPrefix(at: u32): void {
  const hash = hashed(load<u32>(at) & 0x1f1f1f);
  if (load<u8>(PREFIX + hash)) chain(PREFIX, hash, at);
}

/** Reports the anchors of which the hashed bytes stand at `at`. */
function chain(dictionary: u32, hash: u32, at: u32): void {
  const kinds: u32 = load<u8>(dictionary + hash);
  if ((kinds & 1) != 0) walk(load<u16>(dictionary + HEADS + ((hash >> 2) << 1)), at);
  if ((kinds & 2) == 0) return;
  const longer = ((load<u32>(at - 1) & 0x1f1f1f1f) * 0x9e3779b1) >> 18;
  walk(load<u16>(dictionary + HEADS + ((longer >> 2) << 1)), at);
}

@inline
function walk(first: u32, at: u32): void {
  for (let index = first; index != 0; ) {
    const entry = ENTRIES + (index << 5);
    const begin = at - load<u8>(entry, 5);
    index = load<u16>(entry, 6);
    if (((load<u32>(begin) ^ load<u32>(entry, 24)) & load<u32>(entry, 28)) != 0) continue;
    const length: u32 = load<u8>(entry, 4);
    const text = load<u32>(entry);
    let matched: u32 = 3;
    while (matched < length && (load<u8>(begin + matched) | 32) == load<u8>(text + matched)) matched += 1;
    if (matched < length || !passes(entry, begin, begin + length)) continue;
    store<u32>(EVENTS + (count << 3), begin);
    store<u32>(EVENTS + (count << 3), load<u32>(entry, 8), 4);
    count += 1;
  }
}

const WORD_GUARD: u32 = 1;
const NEXT_GUARD: u32 = 2;
const USER_INFO_GUARD: u32 = 4;

/** Whether what stands beside an anchor meets one of its guards, if it has any. */
@inline
function passes(entry: u32, from: u32, to: u32): bool {
  const guards = load<u32>(entry, 12);
  if (guards == 0) return true;
  if ((guards & WORD_GUARD) != 0 && isWord(from, to)) return true;
  if ((guards & NEXT_GUARD) != 0 && goesOn(entry, to)) return true;
  return (guards & USER_INFO_GUARD) != 0 && hasUserInfo(to);
}

@inline
function isSmall(byte: u32): bool {
  return byte - 97 < 26;
}

@inline
function isCapital(byte: u32): bool {
  return byte - 65 < 26;
}

/** A word, or a part of a camel-cased name, or a word with "key", "api", "token", "secret" or "auth" behind it. */
function isWord(from: u32, to: u32): bool {
  const before: u32 = load<u8>(from - 1);
  if (isCapital(before) || (isSmall(before) && !isCapital(load<u8>(from)))) return false;
  const last: u32 = load<u8>(to - 1);
  const next: u32 = load<u8>(to);
  if (!(isSmall(last) && isSmall(next)) && !(isCapital(last) && isCapital(next))) return true;
  if (isCapital(last) && isSmall(load<u8>(to + 1))) return true;
  const three = (load<u32>(to) | 0x202020) & 0xffffff;
  return three == 0x79656b || three == 0x697061 || three == 0x6b6f74 || three == 0x636573 || three == 0x747561;
}

/** After the anchor, and at most one of `_`, `-`, `.` and space, the beginning of what its guard names. */
function goesOn(entry: u32, to: u32): bool {
  let first: u32 = load<u8>(to);
  if (first == 95 || first == 46 || first == 45 || first == 32) {
    to += 1;
    first = load<u8>(to);
  }
  const second: u32 = load<u8>(to + 1);
  return ((load<u32>(entry, 16) >> (first & 31)) & (load<u32>(entry, 20) >> (second & 31)) & 1) != 0;
}

/** The longest user name and password, and what stands beside them: as in `Guard`. */
const USER_INFO: u32 = 302;

/** A colon and later an `@`, before anything that ends the part of a URL in which they stand. */
function hasUserInfo(from: u32): bool {
  const to = from + USER_INFO;
  let colon = false;
  while (from < to) {
    const byte: u32 = load<u8>(from);
    if (byte == 64) {
      if (colon) return true;
    } else if (byte == 58) colon = true;
    else if (byte == 47 || byte == 32 || byte == 34 || byte == 39 || byte == 96 || byte == 60 || byte == 62) return false;
    else if (byte == 63 || byte == 35 || byte == 92 || byte - 9 < 5) return false;
    from += 1;
  }
  return false;
}
