/** The Austrian cash register regulation: machine-readable codes, turnover counters, the first link of a chain. */
import {
  decryptRksvTurnover,
  encryptRksvTurnover,
  parseRksvCode,
  RKSV_DEVICE_FAILED,
  rksvChain,
  rksvJws,
  writeRksvCode,
} from '@holdfast/commerce';
import { Mismatch, parsed, same, type Values, valuesOf } from '../case-values.ts';
import { type Case, type Section, valueCase } from '../section.ts';

export const rksv: Section = (section) => [
  ...valueCase(section, ['publishedMachineCode'], () => {
    const { code } = parsed('the code', parseRksvCode(section.text('publishedMachineCode')));
    same('what is written again', writeRksvCode(code), section.text('publishedMachineCode'));
  }),
  ...section
    .names()
    .filter((name) => /^scenario\d+$/.test(name))
    .flatMap((name) => scenarioCases(name, section.object(name))),
  ...valueCase(section, ['damagedSignature'], () => checkDamaged(section.text('damagedSignature'))),
];

function scenarioCases(name: string, scenario: Values): Case[] {
  const receipts = scenario.names().filter((member) => /^receipt\d+$/.test(member));
  const known = new Set(['cashBoxId', 'aesKeyB64', 'firstChainB64', ...receipts]);
  return [
    {
      name: `${name}.firstChainB64`,
      check: () =>
        same('the first link', rksvChain(scenario.text('cashBoxId')), scenario.text('firstChainB64')),
    },
    ...receipts.map((receipt) => ({
      name: `${name}.${receipt}`,
      check: () => checkReceipt(scenario, valuesOf(scenario.raw(receipt), receipt)),
    })),
    ...scenario
      .names()
      .filter((member) => !known.has(member))
      .map((member) => ({ name: `${name}.${member}`, check: () => unknownValue(member) })),
  ];
}

function checkReceipt(scenario: Values, receipt: Values): void {
  const key = new Uint8Array(Buffer.from(scenario.text('aesKeyB64'), 'base64'));
  const at = { key, cashBoxId: scenario.text('cashBoxId'), receiptId: receipt.text('id') };
  const cents = BigInt(receipt.number('turnoverCents'));
  same('the counter', encryptRksvTurnover({ ...at, cents }), receipt.text('encB64'));
  same('the turnover', decryptRksvTurnover({ ...at, turnover: receipt.text('encB64') }), cents);
  const [unread] = receipt.unread();
  if (unread !== undefined) unknownValue(unread);
}

function unknownValue(name: string): never {
  throw new Mismatch(`nothing is compared with ${name}`);
}

/** The sentence names the words in the place of the signature, and the header of the JWS around them. */
function checkDamaged(sentence: string): void {
  const [header] = rksvJws({ code: '', signature: Buffer.from(RKSV_DEVICE_FAILED) }).split('.');
  const expected = `signature part = base64url("${RKSV_DEVICE_FAILED}"), JWS header ${header}`;
  same('the sentence', expected, sentence);
}
