/**
 * Reads the values of a vector and keeps book of which were looked at: a value that nothing was compared with would make
 * a case look better than it is. What is no vector is told by its name, see {@link isRemark}.
 */
import { looseHex, Mismatch } from './compare.ts';
import { respelled, type Spellings } from './spellings.ts';

/** The members of one object of a vector file. Each getter throws {@link Mismatch} where the value is of another kind. */
export type Values = {
  has(name: string): boolean;
  /** The names that are values, in their order. */
  names(): string[];
  /** A text; a whole number counts as its digits. */
  text(name: string): string;
  /** A number, or its decimal digits in a text. */
  number(name: string): number;
  /** Of hexadecimal digits, in any case and in groups. */
  hex(name: string): Uint8Array;
  /** As {@link hex}; undefined where the value is missing or `null`. */
  hexIfAny(name: string): Uint8Array | undefined;
  /** ASCII digits, one a byte. */
  digits(name: string): Uint8Array;
  list(name: string): readonly unknown[];
  object(name: string): Values;
  raw(name: string): unknown;
  /** As `raw`, without counting as a look; undefined where there is none. */
  peek(name: string): unknown;
  /** Values of an object within this one, which names its members in the same ways. */
  within(raw: unknown, path: string): Values;
  /** These values, and those of `shared` where this object has none of the name. */
  over(shared: Values): Values;
  /** Names that no getter was asked for. */
  unread(): string[];
};

const REMARK =
  /^(?:[_$].*|about|annex|author|category|checked|collected|comments?|count|created|desc(?:ription)?|generated|group|id|kind|label|license|name|notes?|origin|page|ref(?:erence)?s?|remarks?|retrieved|rules?|sources?|spec|standard|table|tags|title|total|type|updated|url|verified|version|reason|why)$/i;
const DIGITS = /^\d*$/;
const NONE: Spellings = new Map();

/** Whether a member of this name says something about the vectors instead of being one. */
export function isRemark(name: string): boolean {
  return REMARK.test(name);
}

/** The values of an object; anything else is a {@link Mismatch}. */
export function valuesOf(raw: unknown, path: string, known: Spellings = NONE): Values {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Mismatch(`${path} is no object`);
  const members = respelled(new Map<string, unknown>(Object.entries(raw)), known);
  const read = new Set<string>();
  const raws = {
    has: (name: string) => members.has(name),
    raw(name: string): unknown {
      read.add(name);
      if (!members.has(name)) throw new Mismatch(`"${name}" is missing`);
      return members.get(name);
    },
    peek: (name: string) => members.get(name),
    names: () => [...members.keys()].filter((name) => !isRemark(name)),
    within: (inner: unknown, place: string) => valuesOf(inner, place, known),
  };
  return withGetters({ ...raws, unread: () => raws.names().filter((name) => !read.has(name)) });
}

type Raws = Pick<Values, 'has' | 'names' | 'raw' | 'peek' | 'within' | 'unread'>;

function withGetters(raws: Raws): Values {
  const text = (name: string) => {
    const value = raws.raw(name);
    if (Number.isSafeInteger(value)) return String(value);
    if (typeof value !== 'string') throw new Mismatch(`"${name}" is no text`);
    return value;
  };
  const hex = (name: string) => {
    const bytes = looseHex(text(name));
    if (bytes === undefined) throw new Mismatch(`"${name}" is not hexadecimal`);
    return bytes;
  };
  return {
    ...raws,
    text,
    number: (name) => numberOf(raws.raw(name), name),
    hex,
    hexIfAny: (name) => (raws.has(name) && raws.raw(name) !== null ? hex(name) : undefined),
    digits(name) {
      const value = text(name);
      if (!DIGITS.test(value)) throw new Mismatch(`"${name}" is not of digits`);
      return new TextEncoder().encode(value);
    },
    list(name) {
      const value = raws.raw(name);
      if (!Array.isArray(value)) throw new Mismatch(`"${name}" is no list`);
      return value;
    },
    object: (name) => raws.within(raws.raw(name), name),
    over: (shared) =>
      withGetters({
        ...raws,
        has: (name) => raws.has(name) || shared.has(name),
        raw: (name) => (raws.has(name) || !shared.has(name) ? raws.raw(name) : shared.raw(name)),
      }),
  };
}

function numberOf(value: unknown, name: string): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new Mismatch(`"${name}" is no whole number`);
  return number;
}
