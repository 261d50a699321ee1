import { createLogger } from '@holdfast/runtime';
import { expect, test } from 'vitest';
import { createRefusalLog } from './refusal-log.ts';

function watched() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line));
  };
  const time = { nowMs: 5_000 };
  const log = createRefusalLog({
    clock: { monotonicMs: () => time.nowMs },
    logger: createLogger({ level: 'info', service: 'test', destination: { write } }),
  });
  const note = (path = '/', reason = 'no') =>
    log.note({ code: 'invalid_signature', reason, method: 'GET', path });
  return { lines, time, note };
}

test('a line is short, whatever was sent', () => {
  const { lines, note } = watched();
  note(`/${'a'.repeat(7_000)}`, 'b'.repeat(7_000));
  expect(lines).toMatchObject([{ path: `/${'a'.repeat(199)}`, reason: 'b'.repeat(200), level: 'info' }]);
  expect(lines[0]).not.toHaveProperty('suppressed');
});

test('a second has ten lines at most, and the next one tells what is missing', () => {
  const { lines, time, note } = watched();
  for (let i = 0; i < 25; i += 1) note();
  expect(lines).toHaveLength(10);
  time.nowMs += 1_000;
  note();
  note();
  expect(lines.slice(10).map((line) => line.suppressed)).toEqual([15, undefined]);
});
