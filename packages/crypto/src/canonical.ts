/**
 * Canonical JSON: one text for one value, so that two programs hash and sign the same bytes.
 */
import { must } from '@holdfast/base';
import serialize from 'canonicalize';

/**
 * The JSON text of `value` by RFC 8785: members sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them. Throws on what JSON cannot hold: NaN, infinities, cycles, lone surrogates, bigint, undefined alone.
 */
export function canonicalJson(value: unknown): string {
  return must(serialize(value), 'undefined, functions and symbols have no JSON text');
}
