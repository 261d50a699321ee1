/**
 * What may stand under a key, as data. The check of a definition, its completion in editors and its reference all come
 * from the same tables of keys, so that they cannot disagree.
 */
import type { Json } from '../types.ts';

export type Shape =
  /** A scalar, taken as it is written; `pattern` is a regular expression that matches all of it. */
  | { kind: 'text'; pattern?: string; what?: string }
  | { kind: 'boolean' }
  | { kind: 'number'; min: number; max: number; isInteger: boolean }
  /** `500ms`, `10s`, `5m`, `2h`, `1d`, or a number of seconds; `none` where it may be switched off. */
  | { kind: 'duration'; orNone: boolean }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'list'; of: Shape; min?: number; max: number }
  /** A mapping whose keys the author chooses. */
  | { kind: 'map'; of: Shape; names?: string }
  /** A mapping with known keys. */
  | { kind: 'object'; keys: Keys }
  /** A shape for each kind of value; without one, the kind is not allowed. */
  | { kind: 'by_kind'; scalar?: Shape; list?: Shape; map?: Shape }
  /** Anything. */
  | { kind: 'json' }
  /** A step; its keys depend on its type. */
  | { kind: 'step' }
  /** The type of a field. */
  | { kind: 'field' };

/** One key: what may stand there, and what it is for. */
export type Key = { shape: Shape; about: string; isRequired?: boolean; examples?: readonly Json[] };

export type Keys = Readonly<Record<string, Key>>;

export const text = (
  about: string,
  of: { examples?: readonly Json[]; pattern?: string; what?: string } = {},
): Key => {
  const { examples, ...rest } = of;
  return { shape: { kind: 'text', ...rest }, about, ...(examples === undefined ? {} : { examples }) };
};

export const boolean = (about: string): Key => ({ shape: { kind: 'boolean' }, about });

export const integer = (about: string, of: { min: number; max: number }): Key => ({
  shape: { kind: 'number', ...of, isInteger: true },
  about,
});

export const number = (about: string, of: { min: number; max: number }): Key => ({
  shape: { kind: 'number', ...of, isInteger: false },
  about,
});

export const duration = (about: string, of: { orNone?: boolean; examples?: readonly Json[] } = {}): Key => ({
  shape: { kind: 'duration', orNone: of.orNone ?? false },
  about,
  ...(of.examples === undefined ? {} : { examples: of.examples }),
});

export const choice = (about: string, values: readonly string[]): Key => ({
  shape: { kind: 'choice', values },
  about,
});

export const list = (about: string, of: { of: Shape; max: number; examples?: readonly Json[] }): Key => ({
  shape: { kind: 'list', of: of.of, max: of.max },
  about,
  ...(of.examples === undefined ? {} : { examples: of.examples }),
});

export const object = (about: string, keys: Keys): Key => ({ shape: { kind: 'object', keys }, about });

export const required = (key: Key): Key => ({ ...key, isRequired: true });

/** Names of steps, branches and workflows. */
export const NAME = '[A-Za-z][A-Za-z0-9_-]{0,63}';
/** Names of fields of the state and of variables. */
export const FIELD = '[A-Za-z_][A-Za-z0-9_]{0,63}';
/** Names of functions. */
export const FUNCTION = '[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*';
