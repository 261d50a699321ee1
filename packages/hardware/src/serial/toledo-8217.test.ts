import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ToledoAnswer, ToledoAnswers } from './toledo-8217.ts';

const read = (text: string) => new ToledoAnswers().take(Buffer.from(text, 'latin1'));
const weight = (grams: number, isNet = false) => ({ kind: 'weight', grams, isNet });
const none = (reason: string) => ({ kind: 'no_weight', reason });

test.each<[string, string, unknown[]]>([
  ['kilograms with three decimals', '\x0201.235\r', [weight(1_235)]],
  ['blanks before the weight', '\x02  1.250\r', [weight(1_250)]],
  ['two decimals', '\x0212.34\r', [weight(12_340)]],
  ['net of a tare', '\x0200.500N\r', [weight(500, true)]],
  ['nothing on it', '\x0200.000\r', [weight(0)]],
  ['parity bits that nobody took off', '\x82\xb01.2\xb35\x8d', [weight(1_235)]],
  ['in motion', '\x02?\x01\r', [none('in_motion')]],
  ['over its capacity', '\x02?\x42\r', [none('overloaded')]],
  ['below zero', '\x02?\x04\r', [none('below_zero')]],
  ['over its capacity alone, which is the byte of STX', '\x02?\x02\r', [none('overloaded')]],
  ['reasons that are the byte of CR', '\x02?\x0d\r\x0200.002\r', [none('in_motion'), weight(2)]],
  ['in motion and below zero', '\x02?\x05\r', [none('in_motion')]],
  ['a question mark in the middle', '\x0200?\r\x0200.002\r', [weight(2)]],
  ['not set to zero', '\x02?\x08\r', [none('not_zeroed')]],
  ['not set to zero, with the bit that is always set', '\x02?\x48\r', [none('not_zeroed')]],
  ['net, and in motion', '\x02?\x61\r', [none('in_motion')]],
  ['two answers', '\x0200.001\r\x0200.002\r', [weight(1), weight(2)]],
  ['an answer that was cut off by the next', '\x0200.\x0200.002\r', [weight(2)]],
  ['no beginning', '01.235\r', []],
  ['no point', '\x0201235\r', []],
  ['four decimals', '\x021.2345\r', []],
  ['a sign', '\x02-1.235\r', []],
  ['letters', '\x02ab.cde\r', []],
  ['a frame without an end', `\x02${'0'.repeat(30)}.1\r`, []],
])('%s', (_, text, answers) => {
  expect(read(text)).toEqual(answers);
});

test('any weight, in chunks of any size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999_999 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (grams, isNet, size) => {
        const digits = String(grams).padStart(6, '0');
        const text = `\x02${digits.slice(0, 3)}.${digits.slice(3)}${isNet ? 'N' : ''}\r`;
        const answers = new ToledoAnswers();
        const heard: ToledoAnswer[] = [];
        for (let at = 0; at < text.length; at += size)
          heard.push(...answers.take(Buffer.from(text.slice(at, at + size), 'latin1')));
        expect(heard).toEqual([weight(grams, isNet)]);
        for (let cut = 1; cut < text.length; cut += 1) expect(read(text.slice(cut))).toEqual([]);
        for (let cut = 0; cut < text.length; cut += 1) expect(read(text.slice(0, cut))).toEqual([]);
      },
    ),
  );
});
