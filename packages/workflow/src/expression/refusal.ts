/**
 * Why a source is no expression. Reading goes through many nested functions; the first that cannot go on throws a
 * {@link Refusal}, and the one entry of this folder catches it and returns it as a value.
 */

export type Refused = { code: RefusalCode; message: string; at: number };

/** Short and stable names of what is wrong. */
export type RefusalCode =
  | 'too_long'
  | 'too_deep'
  | 'syntax'
  | 'out_of_range'
  | 'unknown_name'
  | 'unknown_field'
  | 'unknown_function'
  | 'type_mismatch'
  | 'never_equal';

/** Carries a {@link Refused} out of nested functions. `at` is an offset in the source. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly refused: Refused;

  constructor(code: RefusalCode, message: string, at: number) {
    super(message);
    this.refused = { code, message, at };
  }
}
