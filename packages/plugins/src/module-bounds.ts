/**
 * What a module may ask of the machine, read from its bytes before anything is made of them (WebAssembly core
 * specification 2.0, section 5.5). The time limit ends what runs for too long. Memory is another matter: what the
 * engine keeps on its own heap, above all tables that grow and objects that are collected, ends the whole process when
 * there is no more. So each of them has a bound here, or is refused.
 */

/** Of a file. What the engine makes of a module grows with it. */
export const MODULE_BYTES_MAX = 2_097_152;
/** Of 64 KiB: 64 MiB. */
export const PAGES_MAX = 1_024;
/** Entries of all tables together. */
export const TABLE_ENTRIES_MAX = 65_536;

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** Types, imports, functions, tables, memories, globals, exports, start, elements, code, data, and how many of those. */
const SECTIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const CUSTOM = 0;
const TYPES = 1;
const TABLES = 4;
const MEMORIES = 5;
const FUNCTION_TYPE = 0x60;
/** Numbers, vectors, and references to functions and to what the host gave: nothing that is made on the heap. */
const VALUE_TYPES: ReadonlySet<number> = new Set([0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f]);
const REFERENCE_TYPES: ReadonlySet<number> = new Set([0x70, 0x6f]);
const HAS_MAXIMUM = 0x01;

/** Thrown while a module is read; `message` ends a sentence. */
class Refused extends Error {}

/** Why a module may not run, to end a sentence; undefined when it may, as far as its bounds go. */
export function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    checkModule(new Reader(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function checkModule(reader: Reader): void {
  if (reader.length > MODULE_BYTES_MAX) throw new Refused(`it is larger than ${MODULE_BYTES_MAX} bytes`);
  if (HEADER.some((byte) => reader.byte() !== byte)) throw new Refused('it is not a WebAssembly module');
  let memories = 0;
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const section = reader.part(reader.u32());
    if (id === TYPES) section.each(() => checkType(section));
    else if (id === TABLES) checkTables(section);
    else if (id === MEMORIES) memories += section.each(() => checkMemory(section));
    else if (id !== CUSTOM && !SECTIONS.has(id))
      throw new Refused(`it has a section ${id}, of an extension that is not supported`);
  }
  if (memories !== 1) throw new Refused(`it has ${memories} memories, not one`);
}

function checkType(section: Reader): void {
  if (section.byte() !== FUNCTION_TYPE) throw new Refused('it has types that are not of functions');
  for (const _ of ['parameters', 'results'])
    section.each(() => {
      if (!VALUE_TYPES.has(section.byte()))
        throw new Refused('it has values of types that are not supported');
    });
}

function checkTables(section: Reader): void {
  let entries = 0;
  section.each(() => {
    if (!REFERENCE_TYPES.has(section.byte()))
      throw new Refused('it has a table of a type that is not supported');
    entries += readLimits(section, 'a table').max;
    if (entries > TABLE_ENTRIES_MAX)
      throw new Refused(`its tables can hold more than ${TABLE_ENTRIES_MAX} entries`);
  });
}

function checkMemory(section: Reader): void {
  const { min, max } = readLimits(section, 'a memory');
  if (Math.max(min, max) > PAGES_MAX)
    throw new Refused(`its memory can grow beyond ${PAGES_MAX} pages of 64 KiB`);
}

/** Flags of shared memory and of 64-bit addresses are none of ours. */
function readLimits(section: Reader, what: string): { min: number; max: number } {
  const flags = section.byte();
  if (flags === 0) throw new Refused(`it has ${what} without a maximum`);
  if (flags !== HAS_MAXIMUM) throw new Refused(`it has ${what} of a kind that is not supported`);
  return { min: section.u32(), max: section.u32() };
}

/** Reads bytes, and unsigned numbers in LEB128 of at most 32 bits. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Refused('it ends too early');
    this.#at += 1;
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let place = 0; place < 5; place += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    throw new Refused('it has a number that is too large');
  }

  /** The next bytes as a reader of their own. */
  part(length: number): Reader {
    if (this.#at + length > this.#bytes.length) throw new Refused('it ends too early');
    this.#at += length;
    return new Reader(this.#bytes.subarray(this.#at - length, this.#at));
  }

  /** Reads a vector: its length, then so many items. Returns the length. */
  each(item: () => void): number {
    const count = this.u32();
    for (let index = 0; index < count; index += 1) item();
    return count;
  }
}
