/** The check digit of card numbers. */

import { isLuhnValid } from '@holdfast/cards';
import { ascii, Mismatch } from '../case-values.ts';
import { type Section, textCases } from '../section.ts';

export const luhn: Section = (section) => [
  ...textCases(section, 'valid', (digits) => {
    if (!isLuhnValid(ascii(digits))) throw new Mismatch(`${digits} is refused`);
  }),
  ...textCases(section, 'invalid', (digits) => {
    if (isLuhnValid(ascii(digits))) throw new Mismatch(`${digits} is accepted`);
  }),
];
