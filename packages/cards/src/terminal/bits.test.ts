import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { bitField } from './bit-field.ts';
import { ADDITIONAL_TERMINAL_CAPABILITIES, AIP, AUC, TERMINAL_CAPABILITIES, TSI, TVR } from './bits.ts';
import { CTQ, TTQ } from './contactless-limits.ts';
import { codeOfCryptogram, readCryptogramInformation } from './cryptogram-information.ts';
import { readCvmResults, writeCvmResults } from './cvm-results.ts';
import { isAtm, readTerminalType, writeTerminalType } from './terminal-type.ts';

/** The bits that each table names, all set; reserved ones are zero. */
const FIELDS = [
  ['TVR', TVR, 'FEF8FCF8F0'],
  ['TSI', TSI, 'FC00'],
  ['AIP', AIP, '7D80'],
  ['AUC', AUC, 'FFC0'],
  ['terminal capabilities', TERMINAL_CAPABILITIES, 'E0F8E8'],
  ['additional terminal capabilities', ADDITIONAL_TERMINAL_CAPABILITIES, 'FF80F0F3FF'],
  ['TTQ', TTQ, 'BEE0C000'],
  ['CTQ', CTQ, 'F880'],
] as const;

test.each(FIELDS)('%s names exactly the bits of its table', (_name, field, all) => {
  const flags = field.read(fromHex(all)) ?? field.none();
  expect(Object.values(flags).every((flag) => flag)).toBe(true);
  expect(toHex(field.write(flags))).toBe(all);
  expect(toHex(field.write(field.none()))).toBe('00'.repeat(field.length));
});

test.each(FIELDS)('%s: write ∘ read keeps the named bits and no others', (_name, field, all) => {
  const mask = fromHex(all);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: field.length, maxLength: field.length }), (bytes) => {
      const written = field.write(field.read(bytes) ?? field.none());
      expect(written).toEqual(bytes.map((byte, index) => byte & (mask[index] ?? 0)));
    }),
  );
});

test.each(FIELDS)('%s refuses another length', (_name, field) => {
  expect(field.read(new Uint8Array(field.length - 1))).toBeUndefined();
  expect(field.read(new Uint8Array(field.length + 1))).toBeUndefined();
});

test.each([
  ['8000000000', 'offlineDataAuthenticationNotPerformed'],
  ['1000000000', 'cardOnExceptionFile'],
  ['0400000000', 'cdaFailed'],
  ['0040000000', 'expiredApplication'],
  ['0008000000', 'newCard'],
  ['0000800000', 'cardholderVerificationFailed'],
  ['0000040000', 'onlinePinEntered'],
  ['0000008000', 'floorLimitExceeded'],
  ['0000000800', 'merchantForcedOnline'],
  ['0000000040', 'issuerAuthenticationFailed'],
  ['0000000010', 'scriptFailedAfterFinalGenerateAc'],
])('TVR %s is %s', (bytes, name) => {
  expect(TVR.names(TVR.read(fromHex(bytes)) ?? {})).toEqual([name]);
});

test('a bit outside of its field is a defect of the table', () => {
  expect(() => bitField(1, { outside: [2, 0x80] })).toThrow('lies within');
});

test.each([
  [0x22, { operator: 'merchant', isAttended: true, communication: 'offline_with_online' }],
  [0x14, { operator: 'financial_institution', isAttended: false, communication: 'online_only' }],
  [0x36, { operator: 'cardholder', isAttended: false, communication: 'offline_only' }],
] as const)('terminal type %i', (byte, type) => {
  expect(readTerminalType(byte)).toEqual(type);
});

test('every terminal type is read as it is written, and all others are none', () => {
  const known = Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) => readTerminalType(byte) !== undefined,
  );
  expect(known).toHaveLength(18);
  for (const byte of known) {
    const type = readTerminalType(byte);
    expect(type && writeTerminalType(type)).toBe(byte);
  }
});

test('a cash machine is an unattended terminal of a bank that gives cash', () => {
  const atm = readTerminalType(0x14);
  const kiosk = readTerminalType(0x25);
  if (atm === undefined || kiosk === undefined) throw new Error('both are types');
  expect(isAtm(atm, { cash: true })).toBe(true);
  expect(isAtm(atm, { cash: false })).toBe(false);
  expect(isAtm(kiosk, { cash: true })).toBe(false);
});

test('cryptogram information', () => {
  expect(readCryptogramInformation(0x80)).toEqual({ type: 'ARQC', isAdviceRequired: false, reason: 'none' });
  expect(readCryptogramInformation(0x09)).toEqual({
    type: 'AAC',
    isAdviceRequired: true,
    reason: 'service_not_allowed',
  });
  expect(readCryptogramInformation(0x44)).toEqual({ type: 'TC', isAdviceRequired: false, reason: 'other' });
  expect(readCryptogramInformation(0xc0)).toBeUndefined();
  expect((['AAC', 'TC', 'ARQC'] as const).map(codeOfCryptogram)).toEqual([0x00, 0x40, 0x80]);
});

test('CVM results are read as they are written', () => {
  for (const text of ['3F0000', '1E0300', '410302', '020001']) {
    const results = readCvmResults(fromHex(text));
    expect(results && toHex(writeCvmResults(results))).toBe(text);
  }
  expect(readCvmResults(fromHex('1E0303'))).toBeUndefined();
  expect(readCvmResults(fromHex('1E03'))).toBeUndefined();
  expect(readCvmResults(fromHex('1E030000'))).toBeUndefined();
});
