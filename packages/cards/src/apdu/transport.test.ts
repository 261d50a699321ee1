import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import type { Command } from './command.ts';
import { readRecord, select } from './commands.ts';
import { parseResponse } from './response.ts';
import { describeStatus, isWarning, triesLeft } from './status.ts';
import { type ExchangeResult, exchangeT0 } from './transport.ts';

/** Runs a command against answers in their order, and notes what was sent. */
function exchange(command: Command, answers: string[]): { result: ExchangeResult; sent: string[] } {
  const steps = exchangeT0(command);
  const sent: string[] = [];
  let step = steps.next();
  while (step.done !== true) {
    sent.push(toHex(step.value));
    const parsed = parseResponse(fromHex(answers[sent.length - 1] ?? ''));
    if (!parsed.ok) throw new Error('there are not enough answers');
    step = steps.next(parsed.response);
  }
  return { result: step.value, sent };
}

function answered(data: string, sw: number): ExchangeResult {
  return { ok: true, response: { data: fromHex(data), sw } };
}

const NAME = fromHex('A0000000031010');

test('a command without data goes as it is', () => {
  expect(exchange(readRecord(1, 1), ['7000' + '9000'])).toEqual({
    result: answered('7000', 0x9000),
    sent: ['00B2010C00'],
  });
});

test('a wrong length is repeated with the right one', () => {
  expect(exchange(readRecord(1, 1), ['6C02', '70009000'])).toEqual({
    result: answered('7000', 0x9000),
    sent: ['00B2010C00', '00B2010C02'],
  });
});

test('an answer to a command with data is fetched', () => {
  expect(exchange(select(NAME), ['6102', '6F009000'])).toEqual({
    result: answered('6F00', 0x9000),
    sent: ['00A4040007A0000000031010', '00C0000002'],
  });
});

test('an answer may come in parts', () => {
  expect(exchange(select(NAME), ['6102', 'AABB6101', 'CC9000']).result).toEqual(answered('AABBCC', 0x9000));
});

test('a warning is kept while the answer behind it is fetched', () => {
  expect(exchange(select(NAME), ['6283', '6C02', '6F009000'])).toEqual({
    result: answered('6F00', 0x6283),
    sent: ['00A4040007A0000000031010', '00C0000000', '00C0000002'],
  });
});

test('a refusal is the answer', () => {
  expect(exchange(select(NAME), ['6A82'])).toEqual({
    result: answered('', 0x6a82),
    sent: ['00A4040007A0000000031010'],
  });
});

test('a card that always has more to say is cut off', () => {
  const endless = Array.from({ length: 20 }, () => '6C01');
  expect(exchange(readRecord(1, 1), endless)).toMatchObject({ result: { ok: false }, sent: { length: 16 } });
  const long = Array.from({ length: 20 }, () => `${'00'.repeat(200)}6110`);
  expect(exchange(select(NAME), long)).toMatchObject({ result: { ok: false }, sent: { length: 2 } });
});

test('status words in words', () => {
  expect(describeStatus(0x9000)).toBe('The command was carried out.');
  expect(describeStatus(0x63c2)).toBe('The PIN was wrong; tries left: 2.');
  expect(describeStatus(0x6983)).toBe('The PIN is blocked.');
  expect(describeStatus(0x6110)).toBe('The command was carried out; bytes to fetch: 16.');
  expect(describeStatus(0x6c00)).toBe('The expected length was wrong; the right one: 256.');
  expect(describeStatus(0x6a99)).toBe('The parameters or data of the command are wrong.');
  expect(describeStatus(0x6f00)).toBe('The card refused the command.');
  expect([0x63c0, 0x63cf, 0x6300, 0x63d1].map(triesLeft)).toEqual([0, 15, undefined, undefined]);
  expect([0x6283, 0x63c1, 0x6400, 0x9000].map(isWarning)).toEqual([true, true, false, false]);
});
