import { type EscPosStatusKind, readAutomaticStatus, readRealTimeStatus } from '@holdfast/commerce';
import { expect, test } from 'vitest';
import { attentionOf, problemOf, stateOfAnswers, stateOfAutomatic, stopOf } from './printer-state.ts';

const KINDS = ['printer', 'offline_cause', 'error_cause', 'paper'] as const satisfies EscPosStatusKind[];

function stateOf(...bytes: number[]) {
  const answers = KINDS.map((kind, at) => {
    const read = readRealTimeStatus(kind, bytes[at] ?? 0);
    if (!read.ok) throw new Error(read.reason);
    return read.status;
  });
  return stateOfAnswers(answers);
}

test.each<[string, number[], string | undefined, string | undefined]>([
  ['in order', [0x12, 0x12, 0x12, 0x12], undefined, undefined],
  ['near its end', [0x12, 0x12, 0x12, 0x1e], undefined, undefined],
  ['out, by its sensor', [0x12, 0x12, 0x12, 0x72], 'paper_out', 'paper_out'],
  ['out, by what stopped it', [0x1a, 0x32, 0x12, 0x12], 'paper_out', 'paper_out'],
  ['open and out', [0x1a, 0x36, 0x12, 0x72], 'cover_open', 'cover_open'],
  ['cut off', [0x1a, 0x52, 0x1a, 0x12], 'printer_error', 'printer_error'],
  ['hot', [0x1a, 0x52, 0x52, 0x12], 'printer_error', undefined],
  ['offline for no reason', [0x1a, 0x12, 0x12, 0x12], 'printer_error', undefined],
])('%s', (_, bytes, problem, stop) => {
  const state = stateOf(...bytes);
  expect(problemOf(state)?.code).toBe(problem);
  expect(stopOf(state)?.code).toBe(stop);
  expect(attentionOf(state) === null).toBe(problem === undefined && !state.isNearEnd);
});

test('what it tells by itself means the same', () => {
  const read = readAutomaticStatus(Uint8Array.of(0x3c, 0x08, 0x0f, 0));
  if (!read.ok) throw new Error(read.reason);
  expect(stateOfAutomatic(read.status)).toEqual({
    isOffline: true,
    isCoverOpen: true,
    isOut: true,
    isNearEnd: true,
    error: 'recoverable',
    isCutterError: true,
    isDrawerPinHigh: true,
  });
});
