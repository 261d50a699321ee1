/** What words and numbers in a vector of cryptograms mean: versions, paddings, derivations. */

import type { CryptogramVersion, ScriptEncipherment } from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { Mismatch } from '../compare.ts';

/** By the number in tag 9F10. Visa's 22 (hexadecimal, 34) has the keys and calculations of 18 over other data. */
const NUMBERS: ReadonlyMap<number, CryptogramVersion> = new Map([
  [10, 'visa_10'],
  [18, 'visa_18'],
  [22, 'visa_18'],
  [34, 'visa_18'],
  [16, 'mastercard_16'],
  [17, 'mastercard_17'],
  [20, 'mastercard_20'],
  [21, 'mastercard_21'],
  [133, 'interac_133'],
  [165, 'emv_common'],
]);
const EMV_PADDING = /^(?:(?:emv)?\(?80\)?|emv|(?:iso97971?)?m?(?:ethod)?2)$/i;
const VISA_PADDING = /^(?:(?:visa)?\(?00\)?|visa|zeros?|(?:iso97971?)?m?(?:ethod)?1)$/i;
const SCHEMES = ['emv', 'mastercard', 'visa'] as const satisfies readonly ScriptEncipherment[];

/** By `cvn`, or by `version` in the product's words. */
export function versionOf(it: Values): CryptogramVersion {
  const text = it.text(it.has('cvn') ? 'cvn' : 'version');
  const [digits = ''] = /\d+$/.exec(text) ?? [];
  const version = NUMBERS.get(Number(digits)) ?? (text === 'emv_common' ? text : undefined);
  if (version === undefined) throw new Mismatch(`"${text}" is no cryptogram version`);
  return version;
}

/** Method 1 of ISO 9797-1 fills with zeros, method 2 with a bit before them; each has the name of a scheme as well. */
export function paddingOf(it: Values): 1 | 2 {
  const text = it.text('padding').replaceAll(/[\s_-]/g, '');
  if (EMV_PADDING.test(text)) return 2;
  if (VISA_PADDING.test(text)) return 1;
  throw new Mismatch(`"${it.text('padding')}" is no padding`);
}

/** `a` or `b`, by the case or by the name of its list. */
export function optionOf(it: Values, list: string): 'a' | 'b' {
  const text = it.has('option') ? it.text('option') : list;
  return /option_?b|^b$/i.test(text) ? 'b' : 'a';
}

/** How data of a script are enciphered. */
export function schemeOf(it: Values): ScriptEncipherment {
  const scheme = SCHEMES.find((name) => name === it.text('scheme').toLowerCase());
  if (scheme === undefined) throw new Mismatch(`"${it.text('scheme')}" is no way to encipher scripts`);
  return scheme;
}
