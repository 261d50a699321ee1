import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STATUS_KINDS } from './escpos-commands.ts';
import {
  type AutomaticStatus,
  type RealTimeStatus,
  readAutomaticStatus,
  readRealTimeStatus,
  writeAutomaticStatus,
  writeRealTimeStatus,
} from './escpos-status.ts';

const FLAG = fc.boolean();
const ERROR = fc.constantFrom('none' as const, 'clears_itself' as const, 'unrecoverable' as const);
const ANY_ERROR = fc.oneof(
  fc.record({ error: ERROR, isCutterError: fc.constant(false) }),
  fc.record({ error: fc.constant('recoverable' as const), isCutterError: FLAG }),
);

test.each<[string, number, Partial<RealTimeStatus>]>([
  ['printer', 0x12, { isDrawerPinHigh: false, isOffline: false }],
  ['printer', 0x16, { isDrawerPinHigh: true, isOffline: false }],
  ['printer', 0x1a, { isOffline: true, isWaitingForRecovery: false }],
  ['printer', 0x32, { isWaitingForRecovery: true, isFeedButtonPressed: false }],
  ['printer', 0x52, { isFeedButtonPressed: true }],
  ['offline_cause', 0x16, { isCoverOpen: true, isStoppedByPaperEnd: false }],
  ['offline_cause', 0x1a, { isFeeding: true, isCoverOpen: false }],
  ['offline_cause', 0x32, { isStoppedByPaperEnd: true, hasError: false }],
  ['offline_cause', 0x52, { hasError: true }],
  ['error_cause', 0x12, { error: 'none', isCutterError: false }],
  ['error_cause', 0x16, { error: 'recoverable', isCutterError: false }],
  ['error_cause', 0x1a, { error: 'recoverable', isCutterError: true }],
  ['error_cause', 0x32, { error: 'unrecoverable', isCutterError: false }],
  ['error_cause', 0x52, { error: 'clears_itself' }],
  ['error_cause', 0x7e, { error: 'unrecoverable', isCutterError: true }],
  ['paper', 0x12, { isNearEnd: false, isOut: false }],
  ['paper', 0x1e, { isNearEnd: true, isOut: false }],
  ['paper', 0x16, { isNearEnd: true }],
  ['paper', 0x7e, { isNearEnd: true, isOut: true }],
  ['paper', 0x32, { isNearEnd: false, isOut: true }],
])('asked for %s, %i', (of, byte, status) => {
  const kind = STATUS_KINDS.find((name) => name === of) ?? 'paper';
  expect(readRealTimeStatus(kind, byte)).toMatchObject({ ok: true, status: { of, ...status } });
});

test('whatever has not the fixed bits of an answer is none', () => {
  for (let byte = 0; byte <= 0xff; byte += 1) {
    const isAnswer = (byte & 0b1001_0011) === 0b0001_0010;
    expect(readRealTimeStatus('printer', byte).ok).toBe(isAnswer);
  }
  const xon = 0x11;
  const xoff = 0x13;
  for (const byte of [xon, xoff, 0x10, 0x112, -1])
    expect(readRealTimeStatus('paper', byte)).toEqual({ ok: false, reason: 'fixed_bits' });
});

test.each<[string, Partial<AutomaticStatus>]>([
  ['10000000', { isOffline: false, isOut: false, error: 'none' }],
  ['14000000', { isDrawerPinHigh: true }],
  ['18000000', { isOffline: true }],
  ['38000000', { isOffline: true, isCoverOpen: true }],
  ['50000000', { isFeeding: true }],
  ['10010000', { isWaitingForRecovery: true }],
  ['10020000', { isFeedButtonPressed: true }],
  ['10040000', { error: 'recoverable', isCutterError: false }],
  ['10080000', { error: 'recoverable', isCutterError: true }],
  ['10200000', { error: 'unrecoverable' }],
  ['10400000', { error: 'clears_itself' }],
  ['10000300', { isNearEnd: true, isOut: false }],
  ['18000c00', { isNearEnd: false, isOut: true }],
  ['1000000f', { isOut: false }],
])('automatic status %s', (hex, status) => {
  expect(readAutomaticStatus(Buffer.from(hex, 'hex'))).toMatchObject({ ok: true, status });
});

test.each([
  '',
  '10',
  '100000',
  '1000000000',
  '12000000',
  '11000000',
  '90000000',
  '10100000',
  '10008000',
  '10000010',
])('no automatic status: %s', (hex) => {
  expect(readAutomaticStatus(Buffer.from(hex, 'hex')).ok).toBe(false);
});

test('a state comes back as it was written', () => {
  const automatic = fc.tuple(
    fc.record({
      isDrawerPinHigh: FLAG,
      isOffline: FLAG,
      isCoverOpen: FLAG,
      isFeeding: FLAG,
      isWaitingForRecovery: FLAG,
      isFeedButtonPressed: FLAG,
      isNearEnd: FLAG,
      isOut: FLAG,
    }),
    ANY_ERROR,
  );
  fc.assert(
    fc.property(automatic, ([flags, error]) => {
      const status = { ...flags, ...error };
      expect(readAutomaticStatus(writeAutomaticStatus(status))).toEqual({ ok: true, status });
    }),
  );
  for (const of of STATUS_KINDS)
    for (let byte = 0; byte <= 0xff; byte += 1) {
      const read = readRealTimeStatus(of, byte);
      if (!read.ok) continue;
      const written = writeRealTimeStatus(read.status);
      expect(readRealTimeStatus(of, written)).toEqual(read);
    }
});
