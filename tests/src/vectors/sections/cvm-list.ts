/** CVM lists: their amounts and rules, and the bytes that come back out of them. */

import { parseCvmList, parseHex, toHex, writeCvmList } from '@holdfast/cards';
import { Mismatch, parsed, refused, same } from '../case-values.ts';
import { casesOf, type Section, textCases } from '../section.ts';

export const cvmList: Section = (section) => [
  ...casesOf(section, 'cases', (it) => {
    const { list } = parsed('the list', parseCvmList(it.hex('hex')));
    same('amount X', list.x, it.number('x'));
    same('amount Y', list.y, it.number('y'));
    const rules = list.rules.map(({ code, condition }) => toHex(Uint8Array.of(code, condition)));
    same('the rules', rules, it.list('rules'));
    same('what is written again', writeCvmList(list), it.hex('hex'));
  }),
  ...textCases(section, 'reject', (hex) => {
    const bytes = parseHex(hex);
    if (bytes === undefined) throw new Mismatch(`${hex} is not hexadecimal`);
    refused(hex, parseCvmList(bytes));
  }),
];
