/** CVM lists: their amounts and rules, and the bytes that come back out of them. */

import { parseCvmList, toHex, writeCvmList } from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { looseHex, parsed, same } from '../compare.ts';
import { casesOf, REJECT, rejectCases, type Section } from '../section.ts';
import { spellings } from '../spellings.ts';

export const cvmList: Section = {
  spellings: spellings({ hex: ['cvmList', 'list', 'tag8E', '8E', 'raw'], x: ['amountX'], y: ['amountY'] }),
  cases: (section) => [
    ...section
      .names()
      .filter((name) => !REJECT.test(name))
      .flatMap((name) => casesOf(section, name, checkList)),
    ...rejectCases(section, (it) => parseCvmList(looseHex(it.text('hex')) ?? new Uint8Array()), 'hex'),
  ],
};

function checkList(it: Values): undefined {
  const { list } = parsed('the list', parseCvmList(it.hex('hex')));
  if (it.has('x')) same('amount X', list.x, it.number('x'));
  if (it.has('y')) same('amount Y', list.y, it.number('y'));
  if (it.has('rules')) {
    const rules = list.rules.map(({ code, condition }) => toHex(Uint8Array.of(code, condition)));
    const expected = it.list('rules').map((rule) => (typeof rule === 'string' ? rule.toUpperCase() : rule));
    same('the rules', rules, expected);
  }
  same('what is written again', writeCvmList(list), it.hex('hex'));
}
