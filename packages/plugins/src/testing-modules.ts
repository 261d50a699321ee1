/**
 * Help for suites: modules made byte by byte, to be as ill-mannered as no compiler lets them be. Section ids, types and
 * opcodes are those of the WebAssembly core specification.
 */

export type Bytes = readonly (number | Bytes)[];

export type ModuleParts = {
  /** WASI functions, all of four i32 that give an i32, or of no other type than `importTypes` says. */
  imports?: readonly { module?: string; name: string; type?: 'four' | 'one' | 'two' | 'clock' }[];
  /** Limits as bytes: flag, minimum, maximum. Default: one page, and no more. */
  memory?: Bytes | null;
  /** Whole entries: type and limits. */
  tables?: readonly Bytes[];
  /** Names of what is exported, by kind and index. Default: the memory, and the function `execute`. */
  exports?: readonly Bytes[];
  /** Bytes at the start of the memory. */
  data?: string;
  /** Index of a function that runs when the module is instantiated. */
  start?: number;
  /** Sections as they are, after all others. */
  more?: readonly Bytes[];
  /** The body of `execute`, without its end; it takes nothing. */
  code?: Bytes;
  /** Whether `execute` gives an i32. */
  gives?: boolean;
};

const TYPES = {
  nothing: [0x60, 0, 0],
  number: [0x60, 0, 1, 0x7f],
  four: [0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f],
  one: [0x60, 1, 0x7f, 0],
  two: [0x60, 2, 0x7f, 0x7f, 1, 0x7f],
  clock: [0x60, 3, 0x7f, 0x7e, 0x7f, 1, 0x7f],
} as const;
const TYPE_NAMES = Object.keys(TYPES);

const MEMORY_EXPORT: Bytes = [text('memory'), 2, 0];

/** A module whose functions count from those it imports. */
export function wasmModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const { imports = [], memory = [1, 1, 1], tables = [], code = [], data, start, more = [] } = parts;
  const entry = imports.length;
  const exports = parts.exports ?? [MEMORY_EXPORT, [text('execute'), 0, entry]];
  const imported = imports.map((it) => [
    ...[text(it.module ?? 'wasi_snapshot_preview1'), text(it.name)],
    ...[0, TYPE_NAMES.indexOf(it.type ?? 'four')],
  ]);
  const body = [0, code, 0x0b];
  return flat([
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, Object.values(TYPES)),
    section(2, imported),
    section(3, [[parts.gives === true ? 1 : 0]]),
    section(4, tables),
    memory === null ? [] : section(5, [memory]),
    section(7, exports),
    start === undefined ? [] : sized(8, unsigned(start)),
    section(10, [[unsigned(flat(body).length), body]]),
    data === undefined ? [] : section(11, [[0, i32(0), 0x0b, text(data)]]),
    more,
  ]);
}

/** A section of a vector; none where the vector is empty. */
export function section(id: number, items: readonly Bytes[]): Bytes {
  return items.length === 0 ? [] : sized(id, [unsigned(items.length), items]);
}

/** `i32.const`. */
export function i32(value: number): Bytes {
  return [0x41, signed(value)];
}

export function call(index: number): Bytes {
  return [0x10, unsigned(index)];
}

/** A loop that does not end by itself. */
export function forever(body: Bytes): Bytes {
  return [0x03, 0x40, body, 0x0c, 0, 0x0b];
}

/** `i32.store` of a number at an address. */
export function store(at: number, value: number): Bytes {
  return [i32(at), i32(value), 0x36, 2, 0];
}

/** Writes `length` bytes from `from` to a stream, by the function `index`; leaves its error number. */
export function write(it: { index: number; stream: number; from: number; length: number }): Bytes {
  const [vector, written] = [1_024, 1_032];
  return [
    ...[store(vector, it.from), store(vector + 4, it.length)],
    ...[i32(it.stream), i32(vector), i32(1), i32(written), call(it.index)],
  ];
}

export const DROP: Bytes = [0x1a];

/** A name, or bytes of data. */
export function text(value: string): Bytes {
  const bytes = [...Buffer.from(value)];
  return [unsigned(bytes.length), bytes];
}

/** LEB128. */
export function unsigned(value: number): Bytes {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, unsigned(Math.floor(value / 0x80))];
}

function signed(value: number): Bytes {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return isLast ? [low] : [low + 0x80, signed(rest)];
}

function sized(id: number, content: Bytes): Bytes {
  return [id, unsigned(flat(content).length), content];
}

function flat(bytes: Bytes): Uint8Array<ArrayBuffer> {
  const flatten = (part: Bytes): number[] =>
    part.flatMap((each) => (typeof each === 'number' ? [each] : flatten(each)));
  return Uint8Array.from(flatten(bytes));
}
