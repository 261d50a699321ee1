import { type AutomaticStatus, writeAutomaticStatus, writeRealTimeStatus } from '@holdfast/commerce';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PrinterAnswer, PrinterAnswers } from './printer-answers.ts';

const flag = fc.boolean();
const automatic = fc.record({
  isDrawerPinHigh: flag,
  isOffline: flag,
  isCoverOpen: flag,
  isFeeding: flag,
  isWaitingForRecovery: flag,
  isFeedButtonPressed: flag,
  error: fc.constantFrom('none', 'clears_itself', 'recoverable', 'unrecoverable'),
  isCutterError: fc.constant(false),
  isNearEnd: flag,
  isOut: flag,
} satisfies Record<keyof AutomaticStatus, unknown>);
const id = fc.string({ unit: fc.constantFrom(...'AZ09 ~7"'), minLength: 4, maxLength: 4 });

const said = fc.oneof(
  automatic.map((status): [Uint8Array, PrinterAnswer] => [
    writeAutomaticStatus(status),
    { kind: 'automatic', status },
  ]),
  fc.record({ isNearEnd: flag, isOut: flag }).map((paper): [Uint8Array, PrinterAnswer] => {
    const byte = writeRealTimeStatus({ of: 'paper', ...paper });
    return [Uint8Array.of(byte), { kind: 'real_time', byte }];
  }),
  id.map((text): [Uint8Array, PrinterAnswer] => [
    Buffer.from(`\x37\x22${text}\x00`, 'latin1'),
    { kind: 'process_id', id: text },
  ]),
  // XON and XOFF are no answers.
  fc.constantFrom(0x11, 0x13).map((byte): [Uint8Array, undefined] => [Uint8Array.of(byte), undefined]),
);

test('answers of all kinds in any order and in chunks of any size', () => {
  fc.assert(
    fc.property(
      fc.array(said, { maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      (all, sizes) => {
        const answers = new PrinterAnswers();
        const bytes = Buffer.concat(all.map(([each]) => each));
        const heard: PrinterAnswer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          heard.push(...answers.take(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(heard).toEqual(all.flatMap(([, answer]) => (answer === undefined ? [] : [answer])));
      },
    ),
  );
});

test('what is torn hides nothing that comes after it for long', () => {
  const answers = new PrinterAnswers();
  expect(answers.take(Uint8Array.of(0x37, 0x41, 0x12))).toEqual([{ kind: 'real_time', byte: 0x12 }]);
  expect(answers.take(Uint8Array.of(0x10, 0x12, 0x12, 0x12))).toEqual(
    Array.from({ length: 3 }, () => ({ kind: 'real_time', byte: 0x12 })),
  );
  expect(answers.take(Buffer.from('\x37\x22\x01BCD\x00\x12', 'latin1'))).toEqual([
    { kind: 'real_time', byte: 0x12 },
  ]);
});

test('bytes of any kind do no harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const whole = new PrinterAnswers().take(bytes);
      const answers = new PrinterAnswers();
      expect([...bytes].flatMap((byte) => answers.take(Uint8Array.of(byte)))).toEqual(whole);
    }),
  );
});

test('a device that is no printer may say as much as it likes', () => {
  const noise = new Uint8Array(1_000_000);
  const answers = new PrinterAnswers();
  const told = answers.take(Buffer.concat([noise, Buffer.from([0x16]), noise]));
  expect(told).toEqual([{ kind: 'real_time', byte: 0x16 }]);
});
