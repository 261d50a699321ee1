/**
 * Types of what a workflow knows: its state, what functions read and write, what a signal carries. Conditions are checked
 * against them when a definition is loaded, not when money is on the counter.
 */

/**
 * In JSON: an integer is a safe integer; decimal and money are decimal strings (`"50.00"`), money in the currency of
 * the instance; a timestamp is RFC 3339; a duration is whole milliseconds. `json` is anything, looked at when it is used.
 */
export type FieldType =
  | { type: 'boolean' }
  | { type: 'integer' }
  | { type: 'decimal' }
  | { type: 'money' }
  | { type: 'string'; values?: readonly string[] }
  | { type: 'timestamp' }
  | { type: 'duration' }
  | { type: 'json' }
  | { type: 'list'; of: FieldType }
  | { type: 'record'; fields: Fields };

/** A field may be absent when it is `optional`. */
export type Field = FieldType & { optional?: boolean };

/** Fields of a record by name. */
export type Fields = Readonly<Record<string, Field>>;

/** JSON as a workflow keeps it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };
