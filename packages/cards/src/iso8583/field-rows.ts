/** Shorthands of the tables of fields. */
import type { FieldFormat, FieldSpec, FieldVisibility } from './packager-types.ts';

/** A field of a fixed length. */
export function fixed(
  format: FieldFormat,
  length: number,
  name: string,
  visibility: FieldVisibility = 'shown',
): FieldSpec {
  return { name, format, size: { kind: 'fixed', length }, visibility };
}

/** A field behind a length of two digits. */
export function ll(
  format: FieldFormat,
  max: number,
  name: string,
  visibility: FieldVisibility = 'shown',
): FieldSpec {
  return { name, format, size: { kind: 'variable', lengthDigits: 2, max }, visibility };
}

/** A field behind a length of three digits. */
export function lll(
  format: FieldFormat,
  max: number,
  name: string,
  visibility: FieldVisibility = 'shown',
): FieldSpec {
  return { name, format, size: { kind: 'variable', lengthDigits: 3, max }, visibility };
}
