import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { type Command, encodeCommand, parseCommand } from './command.ts';
import {
  externalAuthenticate,
  generateAc,
  getChallenge,
  getData,
  getProcessingOptions,
  internalAuthenticate,
  readRecord,
  select,
  verify,
} from './commands.ts';
import { encodeResponse, parseResponse } from './response.ts';

const byte = fc.integer({ min: 0, max: 255 });
const header = { cla: byte, ins: byte, p1: byte, p2: byte };
const data = fc.uint8Array({ minLength: 1, maxLength: 255 });
const le = fc.integer({ min: 1, max: 256 });
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record(header),
  fc.record({ ...header, le }),
  fc.record({ ...header, data }),
  fc.record({ ...header, data, le }),
);

test('a command is read as it was written', () => {
  fc.assert(
    fc.property(anyCommand, (command) => {
      expect(parseCommand(encodeCommand(command))).toEqual({ ok: true, command });
    }),
  );
});

test('a command with data that is cut off is refused, or is one of another case', () => {
  fc.assert(
    fc.property(fc.record({ ...header, data, le }), (command) => {
      const bytes = encodeCommand(command);
      for (let length = 0; length < 4; length += 1)
        expect(parseCommand(bytes.subarray(0, length)).ok).toBe(false);
      for (let length = 6; length < bytes.length - 1; length += 1) {
        expect(parseCommand(bytes.subarray(0, length)).ok).toBe(false);
      }
    }),
  );
});

test('whatever comes is read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const parsed = parseCommand(bytes);
      if (parsed.ok) expect(encodeCommand(parsed.command)).toEqual(bytes);
      const answer = parseResponse(bytes);
      if (answer.ok) expect(encodeResponse(answer.response)).toEqual(bytes);
    }),
  );
});

test.each([
  ['00A4', 'too_short'],
  ['00A4040007A000', 'wrong_length'],
  ['00A40400000000', 'wrong_length'],
  [`00A4040001${'00'.repeat(3)}`, 'wrong_length'],
  ['00'.repeat(262), 'too_long'],
])('refuses %s', (text, reason) => {
  expect(parseCommand(fromHex(text))).toEqual({ ok: false, reason });
});

test('the commands of a payment in bytes', () => {
  const bytes = [
    select(fromHex('A0000000031010')),
    select(fromHex('A000000003'), 'next'),
    readRecord(1, 2),
    getProcessingOptions(fromHex('8300')),
    getData(0x9f36),
    internalAuthenticate(fromHex('5A5A5A5A')),
    verify(fromHex('241234FFFFFFFFFF'), false),
    verify(fromHex('00'), true),
    getChallenge(),
    generateAc('AAC', fromHex('01'), false),
    generateAc('TC', fromHex('01'), true),
    generateAc('ARQC', new Uint8Array(), false),
    externalAuthenticate(fromHex('1122334455667788')),
  ];
  expect(bytes.map((command) => toHex(encodeCommand(command)))).toEqual([
    '00A4040007A000000003101000',
    '00A4040205A00000000300',
    '00B2020C00',
    '80A8000002830000',
    '80CA9F3600',
    '00880000045A5A5A5A00',
    '0020008008241234FFFFFFFFFF',
    '002000880100',
    '0084000000',
    '80AE0000010100',
    '80AE5000010100',
    '80AE800000',
    '00820000081122334455667788',
  ]);
});

test('answers', () => {
  expect(parseResponse(fromHex('0102030490009000'))).toEqual({
    ok: true,
    response: { data: fromHex('010203049000'), sw: 0x9000 },
  });
  expect(parseResponse(fromHex('90'))).toEqual({ ok: false, reason: 'too_short' });
  expect(parseResponse(new Uint8Array(259))).toEqual({ ok: false, reason: 'too_long' });
  expect(toHex(encodeResponse({ data: fromHex('AA'), sw: 0x6a82 }))).toBe('AA6A82');
});
