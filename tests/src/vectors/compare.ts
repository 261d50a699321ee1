/** Holds what the product makes of a vector against what the vector expects; a difference is a {@link Mismatch}. */
import { CardData, parseHex, toHex } from '@holdfast/cards';

/** Why a case does not hold; the message is its reason. */
export class Mismatch extends Error {
  override name = 'Mismatch';
}

/** Throws unless both are the same; bytes are compared as upper-case hexadecimal digits, card data as text. */
export function same(what: string, actual: unknown, expected: unknown): undefined {
  const [is, shall] = [shown(actual), shown(expected)];
  if (is !== shall) throw new Mismatch(`${what} is ${is}, not ${shall}`);
}

/** Throws unless the bytes are one of several; the first of them is the one that a difference is told from. */
export function oneOf(what: string, allowed: readonly Uint8Array[], expected: Uint8Array): undefined {
  const found = allowed.find((bytes) => Buffer.compare(bytes, expected) === 0);
  same(what, found ?? allowed[0], expected);
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

/** Bytes of a text. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The bytes of hexadecimal digits, which may stand in groups; undefined for any other text. */
export function looseHex(text: string): Uint8Array | undefined {
  return parseHex(text.replace(/^0x/i, '').replaceAll(/[\s:]/g, ''));
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof CardData)
    return value.use((bytes) => JSON.stringify(Buffer.from(bytes).toString('latin1')));
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value) ?? 'undefined';
}
