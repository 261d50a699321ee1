/** The Austrian cash register regulation: machine-readable codes, turnover counters, the links of a chain. */
import {
  decryptRksvTurnover,
  encryptRksvTurnover,
  parseRksvCode,
  RKSV_DEVICE_FAILED,
  rksvChain,
  rksvJws,
  writeRksvCode,
} from '@holdfast/commerce';
import type { Values } from '../case-values.ts';
import { Mismatch, parsed, same } from '../compare.ts';
import {
  type Case,
  casesOf,
  casesOrFailure,
  compareRest,
  REJECT,
  rejectCases,
  type Section,
  textCases,
  valueCase,
} from '../section.ts';

const CODES = /machineCode/i;

export const rksv: Section = {
  cases: (section) => [
    ...section
      .names()
      .filter((name) => CODES.test(name) && !REJECT.test(name))
      .flatMap((name) => textCases(section, name, checkCode)),
    ...section
      .names()
      .filter((name) => /^scenario/i.test(name))
      .flatMap((name) => casesOrFailure(name, () => scenarioCases(name, section.object(name)))),
    ...['chain', 'chains'].flatMap((name) => casesOf(section, name, checkLink)),
    ...valueCase(section, ['damagedSignature'], () => checkDamaged(section.text('damagedSignature'))),
    ...rejectCases(section, (it) => parseRksvCode(it.text('code')), 'code'),
  ],
};

function checkCode(text: string): void {
  const { code } = parsed('the code', parseRksvCode(text));
  same('what is written again', writeRksvCode(code), text);
}

/** The text before, and what ties the next receipt to it. */
function checkLink(it: Values): undefined {
  same('the link', rksvChain(it.text('previous')), it.text('chain'));
}

function scenarioCases(name: string, scenario: Values): Case[] {
  if (scenario.names().length === 0) throw new Mismatch(`there is nothing in ${name}`);
  const receipts = scenario.names().filter((member) => /^receipt/i.test(member));
  const links = valueCase(scenario, ['firstChainB64'], () =>
    same('the first link', rksvChain(scenario.text('cashBoxId')), scenario.text('firstChainB64')),
  );
  const cases = receipts.flatMap((receipt) => casesOf(scenario, receipt, (it) => checkReceipt(scenario, it)));
  for (const shared of ['cashBoxId', 'aesKeyB64']) if (scenario.has(shared)) scenario.text(shared);
  return [
    ...[...links, ...cases].map((it) => ({ ...it, name: `${name}.${it.name}` })),
    ...(scenario.unread().length > 0 ? [{ name, check: () => compareRest(scenario) }] : []),
  ];
}

function checkReceipt(scenario: Values, receipt: Values): undefined {
  const key = new Uint8Array(Buffer.from(scenario.text('aesKeyB64'), 'base64'));
  const at = { key, cashBoxId: scenario.text('cashBoxId'), receiptId: receipt.text('id') };
  const cents = BigInt(receipt.number('turnoverCents'));
  same('the counter', encryptRksvTurnover({ ...at, cents }), receipt.text('encB64'));
  same('the turnover', decryptRksvTurnover({ ...at, turnover: receipt.text('encB64') }), cents);
}

/** The sentence names the words in the place of the signature, and the header of the JWS around them. */
function checkDamaged(sentence: string): void {
  const [header] = rksvJws({ code: '', signature: Buffer.from(RKSV_DEVICE_FAILED) }).split('.');
  const expected = `signature part = base64url("${RKSV_DEVICE_FAILED}"), JWS header ${header}`;
  same('the sentence', expected, sentence);
}
