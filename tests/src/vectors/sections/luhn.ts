/** The check digit of card numbers. */

import { isLuhnValid, luhnDigit } from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { ascii, Mismatch, same } from '../compare.ts';
import { casesOf, REJECT, type Section, textCases } from '../section.ts';

export const luhn: Section = {
  cases: (section) => [
    ...textCases(section, 'valid', (digits) => {
      // Cards print their numbers in groups; the product takes digits alone.
      if (!isLuhnValid(ascii(digits.replaceAll(' ', '')))) throw new Mismatch(`${digits} is refused`);
    }),
    ...section
      .names()
      .filter((name) => REJECT.test(name))
      .flatMap((name) =>
        textCases(section, name, (digits) => {
          if (isLuhnValid(ascii(digits))) throw new Mismatch(`${digits} is accepted`);
        }),
      ),
    ...['checkDigit', 'checkDigits'].flatMap((name) => casesOf(section, name, checkDigit)),
  ],
};

/** A number without its check digit under any name, and the digit under `digit` or `checkDigit`. */
function checkDigit(it: Values): undefined {
  const [number = 'number'] = it.names().filter((name) => !/digit$/i.test(name));
  const [digit = 'digit'] = it.names().filter((name) => /digit$/i.test(name));
  same('the check digit', String.fromCharCode(luhnDigit(it.digits(number))), it.text(digit));
}
