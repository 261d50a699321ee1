/**
 * Reads the values of a vector and keeps book of which were looked at: a value that nothing was compared with would make
 * a case look better than it is. What is no vector is told by its name: `_…`, `source`, `note`, `rules`, `why`, `name`.
 */
import { CardData, parseHex, toHex } from '@holdfast/cards';

/** Why a case does not hold; the message is its reason. */
export class Mismatch extends Error {
  override name = 'Mismatch';
}

/** The members of one object of a vector file. Each getter throws {@link Mismatch} where the value is of another kind. */
export type Values = {
  has(name: string): boolean;
  /** The names that are values, in their order. */
  names(): string[];
  text(name: string): string;
  number(name: string): number;
  /** Of hexadecimal digits, in any case. */
  hex(name: string): Uint8Array;
  /** ASCII digits, one a byte. */
  digits(name: string): Uint8Array;
  list(name: string): readonly unknown[];
  object(name: string): Values;
  raw(name: string): unknown;
  /** Names that no getter was asked for. */
  unread(): string[];
};

const NOTES = /^(?:_.*|source|note|rules|why|name)$/;
const DIGITS = /^\d*$/;

/** The values of an object; anything else is a {@link Mismatch}. */
export function valuesOf(raw: unknown, path: string): Values {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Mismatch(`${path} is no object`);
  const members = new Map<string, unknown>(Object.entries(raw));
  const read = new Set<string>();
  const get = (name: string) => {
    read.add(name);
    if (!members.has(name)) throw new Mismatch(`"${name}" is missing`);
    return members.get(name);
  };
  const text = (name: string) => {
    const value = get(name);
    if (typeof value !== 'string') throw new Mismatch(`"${name}" is no text`);
    return value;
  };
  const names = () => [...members.keys()].filter((name) => !NOTES.test(name));
  return {
    has: (name) => members.has(name),
    names,
    text,
    raw: get,
    number(name) {
      const value = get(name);
      if (typeof value !== 'number') throw new Mismatch(`"${name}" is no number`);
      return value;
    },
    hex(name) {
      const bytes = parseHex(text(name));
      if (bytes === undefined) throw new Mismatch(`"${name}" is not hexadecimal`);
      return bytes;
    },
    digits(name) {
      const value = text(name);
      if (!DIGITS.test(value)) throw new Mismatch(`"${name}" is not of digits`);
      return ascii(value);
    },
    list(name) {
      const value = get(name);
      if (!Array.isArray(value)) throw new Mismatch(`"${name}" is no list`);
      return value;
    },
    object: (name) => valuesOf(get(name), name),
    unread: () => names().filter((name) => !read.has(name)),
  };
}

/** Bytes of a text. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Throws unless both are the same; bytes are compared as upper-case hexadecimal digits, card data as text. */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [is, shall] = [shown(actual), shown(expected)];
  if (is !== shall) throw new Mismatch(`${what} is ${is}, not ${shall}`);
}

/** The result of a parse that must succeed. */
export function parsed<T extends { ok: boolean }>(what: string, result: T): Extract<T, { ok: true }> {
  if (!result.ok) throw new Mismatch(`${what} is refused: ${JSON.stringify(result)}`);
  // The check above leaves the member of the union with `ok: true`; the compiler cannot tell for a type parameter.
  return result as Extract<T, { ok: true }>;
}

/** Throws if a parse succeeds. */
export function refused(what: string, result: { ok: boolean }): void {
  if (result.ok) throw new Mismatch(`${what} is accepted`);
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof CardData)
    return value.use((bytes) => JSON.stringify(Buffer.from(bytes).toString('latin1')));
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value) ?? 'undefined';
}
