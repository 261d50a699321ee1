/**
 * The signature base of RFC 9421 section 2.5: the text both sides build from a message, and sign. It is apart from
 * our profile so that it can be held against the vectors of the RFC.
 */
import { assert } from '@holdfast/base';

/** A covered component: its name without parameters, and its value, one line of printable ASCII. */
export type Component = readonly [name: string, value: string];

/** The text to sign. `params` is the value of `@signature-params`, exactly as it stands in Signature-Input. */
export function signatureBase(components: readonly Component[], params: string): string {
  let base = '';
  for (const [name, value] of components) {
    // A line feed would let one value pose as two components.
    assert(/^[\x20-\x7e]*$/.test(value), `the value of ${name} is one line of ASCII`);
    base += `"${name}": ${value}\n`;
  }
  return `${base}"@signature-params": ${params}`;
}
