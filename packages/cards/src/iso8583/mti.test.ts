import { expect, test } from 'vitest';
import { isResponseTo, mtiOf, mtiWords, parseMti, repeatOf, responseOf, reversalOf } from './mti.ts';

test.each([
  ['0100', 'authorisation request from the acquirer'],
  ['0110', 'authorisation response from the acquirer'],
  ['0121', 'authorisation advice from the acquirer, repeated'],
  ['0200', 'financial request from the acquirer'],
  ['0220', 'financial advice from the acquirer'],
  ['0230', 'financial advice response from the acquirer'],
  ['0302', 'file action request from the issuer'],
  ['0421', 'reversal advice from the acquirer, repeated'],
  ['0500', 'reconciliation request from the acquirer'],
  ['1804', 'network management request from the other'],
  ['0820', 'network management advice from the acquirer'],
])('%s is a %s', (mti, words) => {
  const parsed = parseMti(mti);
  expect(parsed && mtiWords(parsed)).toBe(words);
  expect(parsed && mtiOf(parsed)).toBe(mti);
});

test('every type that is not reserved comes back from its words, and no reserved one is read', () => {
  const all = Array.from({ length: 10_000 }, (_, number) => String(number).padStart(4, '0'));
  const again = all.map((mti) => parseMti(mti)).map((parsed) => parsed && mtiOf(parsed));
  expect(again).toEqual(all.map((mti) => (/^[0-2][1-8][0-7][0-5]$/.test(mti) ? mti : undefined)));
  for (const text of ['', '010', '01000', 'abcd', ' 100']) expect(parseMti(text)).toBeUndefined();
  expect(parseMti('1100')?.version).toBe('1993');
  expect(parseMti('2100')?.version).toBe('2003');
});

test('answers, repeats and reversals follow from a type', () => {
  expect(responseOf('0100')).toBe('0110');
  expect(responseOf('0220')).toBe('0230');
  expect(responseOf('0421')).toBe('0430');
  expect(responseOf('0800')).toBe('0810');
  expect(responseOf('0302')).toBe('0312');
  expect(repeatOf('0420')).toBe('0421');
  expect(repeatOf('0421')).toBe('0421');
  expect(repeatOf('0100')).toBe('0101');
  expect(reversalOf('0200')).toBe('0420');
  expect(reversalOf('1101')).toBe('1420');
  expect(isResponseTo('0430', '0421')).toBe(true);
  expect(isResponseTo('0410', '0421')).toBe(false);
  expect(isResponseTo('0110', '0110')).toBe(false);
  expect(isResponseTo('0110', 'nothing')).toBe(false);
});

test('what has no answer or no reversal is a defect of the program', () => {
  expect(() => responseOf('0110')).toThrow('a response is not answered');
  expect(() => reversalOf('0800')).toThrow('an authorisation or a financial message is reversed');
  expect(() => repeatOf('0900')).toThrow('the message type is one of ISO 8583');
});
