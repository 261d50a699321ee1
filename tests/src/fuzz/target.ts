/** What a target of the fuzzer is: one function of bytes that must answer, whatever the bytes are. */

/** A parser under test. Its module exports it under the name `target`. */
export type FuzzTarget = {
  readonly name: string;
  /** Inputs are not longer than that. */
  readonly bytesMax: number;
  /** Tags, separators and whole examples: what chance would take long to find. */
  readonly dictionary: readonly Uint8Array[];
  /** Inputs to begin with, besides the corpus. */
  readonly seeds: readonly Uint8Array[];
  /**
   * Runs one input and tells its outcome in a short text, the same for the same bytes wherever they lie. Whatever is
   * thrown is a finding: an answer that is expected, a refusal above all, is an outcome. The input is not changed.
   */
  run(input: Uint8Array): string;
};

/** A statement of a target that an input makes false. */
export class BrokenProperty extends Error {
  override name = 'BrokenProperty';
}

/** Throws {@link BrokenProperty} unless `condition` holds. */
export function holds(condition: boolean, statement: string): asserts condition {
  if (!condition) throw new BrokenProperty(statement);
}

/** Bytes of a text as a dictionary and seeds take them. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes of hexadecimal digits. */
export function hexBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
