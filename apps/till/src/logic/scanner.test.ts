import { expect, test } from 'vitest';
import { SCAN_IDLE, scanKey } from './scanner.ts';

function run(keys: readonly string[], gapMs: number): (string | null)[] {
  let state = SCAN_IDLE;
  return keys.map((key, index) => {
    const step = scanKey(state, { key, atMs: 1_000 + index * gapMs });
    state = step.state;
    return step.code;
  });
}

test('fast keys and Enter are a code', () => {
  expect(run([...'7310865004703', 'Enter'], 5).at(-1)).toBe('7310865004703');
});

test('slow keys and short codes are a person', () => {
  expect(run([...'7310865004703', 'Enter'], 200).at(-1)).toBeNull();
  expect(run([...'123', 'Enter'], 5).at(-1)).toBeNull();
  expect(run(['Enter'], 5)).toEqual([null]);
});

test('another key starts anew', () => {
  expect(run([...'12', 'Tab', ...'345678', 'Enter'], 5).at(-1)).toBe('345678');
});
