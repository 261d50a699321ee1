import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readDuration, readTimestamp, timestampText } from './time.ts';

it.each([
  ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31t12:00:00z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.5+02:00', '2026-01-31T10:00:00.500Z'],
  ['2026-01-31T12:00:00-00:30', '2026-01-31T12:30:00.000Z'],
  ['2024-02-29T23:59:59.999999999Z', '2024-02-29T23:59:59.999Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['0099-12-31T00:00:00Z', '0099-12-31T00:00:00.000Z'],
])('%s is %s', (text, canonical) => {
  const ms = readTimestamp(text);
  expect(ms === undefined ? undefined : timestampText(ms)).toBe(canonical);
});

it.each([
  '',
  '2026-01-31',
  '2026-01-31 12:00:00Z',
  '2026-01-31T12:00:00',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-12-31T23:59:60Z',
  '2026-01-01T00:00:00+24:00',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '+002026-01-01T00:00:00Z',
  'Sat, 31 Jan 2026 12:00:00 GMT',
  '2026-01-01T00:00:00Z\n',
])('%j is no instant', (text) => {
  expect(readTimestamp(text)).toBeUndefined();
});

it('reads every instant that it writes', () => {
  const instant = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(fc.property(instant, (date) => readTimestamp(timestampText(date.getTime())) === date.getTime()));
});

it.each([
  ['0s', 0],
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['-90s', -90_000],
  ['0.001s', 1],
])('%s is %d ms', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

it.each([
  '',
  '-',
  '5',
  's',
  '5 s',
  '1.s',
  '.5s',
  '1us',
  '0.5ms',
  '5S',
  '1h 30m',
  '+5s',
  '--5s',
  '9007199254740991s',
  '0.0001s',
  '5s5',
])('%j is no duration', (text) => {
  expect(readDuration(text)).toBeUndefined();
});
