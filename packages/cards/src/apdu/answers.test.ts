import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { type AflEntry, parseAfl, writeAfl } from './afl.ts';
import {
  type ElementsResult,
  parseContactlessDirectory,
  parseCryptogramAnswer,
  parseDataAnswer,
  parseDirectoryRecord,
  parseFci,
  parseProcessingOptions,
  parseRecord,
  parseSignedData,
} from './answers.ts';
import { parseIssuerScripts, writeScriptResult } from './issuer-script.ts';

function read(result: ElementsResult): Record<string, string> | string {
  if (!result.ok) return result.reason;
  return Object.fromEntries(result.elements.map(({ tag, value }) => [tag, toHex(value)]));
}

test('processing options in both formats', () => {
  const elements = { '82': '5C00', '94': '08010100100103' + '01' };
  expect(read(parseProcessingOptions(fromHex('800A5C000801010010010301')))).toEqual(elements);
  expect(read(parseProcessingOptions(fromHex('770E82025C0094080801010010010301')))).toEqual(elements);
});

test.each([
  ['no TLV', '80', 'not_tlv'],
  ['nothing', '', 'wrong_template'],
  ['another template', '700482025C00', 'wrong_template'],
  ['two templates', '770482025C00770482025C00', 'wrong_template'],
  ['AIP alone in format 1', '80025C00', 'wrong_length'],
  ['half an entry of the AFL in format 1', '80085C00080101001001', 'wrong_length'],
  ['no AIP in format 2', '7706940408010100', 'missing_element'],
  ['two AIPs', '770882025C0082025D00', 'duplicate_element'],
])('processing options: %s', (_what, text, reason) => {
  expect(read(parseProcessingOptions(fromHex(text)))).toBe(reason);
});

test('cryptograms in both formats', () => {
  const elements = { '9F27': '80', '9F36': '0001', '9F26': '1122334455667788', '9F10': '06010A03A4A002' };
  expect(read(parseCryptogramAnswer(fromHex('8012800001112233445566778806010A03A4A002')))).toEqual(elements);
  const format2 = '771E9F2701809F360200019F260811223344556677889F100706010A03A4A002';
  expect(read(parseCryptogramAnswer(fromHex(format2)))).toEqual(elements);
  expect(read(parseCryptogramAnswer(fromHex('800B8000011122334455667788')))).toEqual({
    '9F27': '80',
    '9F36': '0001',
    '9F26': '1122334455667788',
  });
  expect(read(parseCryptogramAnswer(fromHex('800A80000111223344556677')))).toBe('wrong_length');
  expect(read(parseCryptogramAnswer(fromHex(`802C${'00'.repeat(44)}`)))).toBe('wrong_length');
  expect(read(parseCryptogramAnswer(fromHex('77049F270180')))).toBe('missing_element');
});

test('signed data in both formats', () => {
  expect(read(parseSignedData(fromHex('8003AABBCC')))).toEqual({ '9F4B': 'AABBCC' });
  expect(read(parseSignedData(fromHex('77069F4B03AABBCC')))).toEqual({ '9F4B': 'AABBCC' });
  expect(read(parseSignedData(fromHex('8000')))).toBe('wrong_length');
});

test('files, records and directories', () => {
  expect(read(parseFci(fromHex('6F148407A0000000031010A509500454455354870101')))).toEqual({
    '84': 'A0000000031010',
    '50': '54455354',
    '87': '01',
  });
  expect(read(parseFci(fromHex('6F06A504500231' + '32')))).toBe('missing_element');
  expect(read(parseRecord(fromHex('70055F24033112' + '31')))).toBe('not_tlv');
  expect(read(parseRecord(fromHex('70065F2403311231')))).toEqual({ '5F24': '311231' });
  expect(read(parseRecord(fromHex('77065F2403311231')))).toBe('wrong_template');
  const entries = parseDirectoryRecord(fromHex('701061064F04A000000361064F04A0000004'));
  expect(entries?.map((entry) => entry.map(({ tag, value }) => `${tag} ${toHex(value)}`))).toEqual([
    ['4F A0000003'],
    ['4F A0000004'],
  ]);
  expect(parseDirectoryRecord(fromHex('9000'))).toBeUndefined();
  expect(parseContactlessDirectory(fromHex('6F0DA50BBF0C0861064F04A0000003'))).toHaveLength(1);
  expect(parseContactlessDirectory(fromHex('6F048402AABB'))).toBeUndefined();
});

test('one element of GET DATA', () => {
  expect(toHex(parseDataAnswer(fromHex('9F360204D2'), '9F36') ?? new Uint8Array())).toBe('04D2');
  expect(parseDataAnswer(fromHex('9F360204D2'), '9F13')).toBeUndefined();
  expect(parseDataAnswer(fromHex('9F36020402' + '9F1300'), '9F36')).toBeUndefined();
  expect(parseDataAnswer(fromHex('9F3602'), '9F36')).toBeUndefined();
});

test('whatever a card answers is read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => {
      for (const parse of [
        parseFci,
        parseRecord,
        parseProcessingOptions,
        parseCryptogramAnswer,
        parseSignedData,
      ]) {
        expect(typeof parse(bytes).ok).toBe('boolean');
      }
      parseDirectoryRecord(bytes);
      parseContactlessDirectory(bytes);
      expect(typeof parseAfl(bytes).ok).toBe('boolean');
      expect(typeof parseIssuerScripts(bytes).ok).toBe('boolean');
    }),
  );
});

const entry = fc
  .record({
    sfi: fc.integer({ min: 1, max: 30 }),
    first: fc.integer({ min: 1, max: 100 }),
    more: fc.nat(20),
    part: fc.nat(20),
  })
  .map(
    ({ sfi, first, more, part }): AflEntry => ({
      sfi,
      first,
      last: first + more,
      authenticated: Math.min(part, more + 1),
    }),
  );

test('a file locator is read as it was written, and every truncation is refused or shorter', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 63 }), (entries) => {
      const bytes = writeAfl(entries);
      expect(parseAfl(bytes)).toEqual({ ok: true, entries });
      expect(parseAfl(bytes.subarray(0, -1)).ok).toBe(false);
    }),
  );
});

test.each([
  ['', 'wrong_length'],
  ['080101', 'wrong_length'],
  ['00'.repeat(256), 'wrong_length'],
  ['00010100', 'wrong_entry'],
  ['F8010100', 'wrong_entry'],
  ['09010100', 'wrong_entry'],
  ['08000100', 'wrong_entry'],
  ['08020100', 'wrong_entry'],
  ['08010102', 'wrong_entry'],
])('a file locator of %s', (text, reason) => {
  expect(parseAfl(fromHex(text))).toEqual({ ok: false, reason });
});

test('issuer scripts', () => {
  const text = '71129F180411223344860984240000041122334472068604841800009F3700';
  const parsed = parseIssuerScripts(fromHex(text));
  expect(parsed.ok && parsed.scripts).toEqual([
    {
      when: 'before',
      identifier: fromHex('11223344'),
      commands: [fromHex('842400000411223344')],
      isWellFormed: true,
    },
    { when: 'after', identifier: undefined, commands: [fromHex('84180000')], isWellFormed: true },
  ]);
});

test.each([
  ['a command that is too short', '710586038418' + '00'],
  ['an identifier of another length', '71059F18021122'],
])('a script with %s is not well formed', (_what, text) => {
  const parsed = parseIssuerScripts(fromHex(text));
  expect(parsed.ok && parsed.scripts.map(({ isWellFormed }) => isWellFormed)).toEqual([false]);
});

test('scripts that are none', () => {
  expect(parseIssuerScripts(fromHex('7105'))).toEqual({ ok: false, reason: 'not_tlv' });
  expect(parseIssuerScripts(new Uint8Array(1025))).toEqual({ ok: false, reason: 'too_long' });
});

test.each([
  [{ kind: 'not_performed' }, undefined, '0000000000'],
  [{ kind: 'successful' }, '11223344', '2011223344'],
  [{ kind: 'failed', failedAt: 3 }, '11223344', '1311223344'],
  [{ kind: 'failed', failedAt: 40 }, undefined, '1F00000000'],
] as const)('script result %o', (result, identifier, expected) => {
  const bytes = identifier === undefined ? undefined : fromHex(identifier);
  expect(toHex(writeScriptResult(result, bytes))).toBe(expected);
});
