import { escPosDrawerKick } from '@holdfast/commerce';
import { expect, test } from 'vitest';
import { inTime, virtualTime } from '../testing-time.ts';
import { operate } from './controls.ts';
import { PrinterBody } from './printer/printer-body.ts';
import { createSimulatedPrinter } from './printer.ts';

const NEVER = new AbortController().signal;
const text = (value: string) => Buffer.from(value, 'latin1');

function connected(of: Partial<ConstructorParameters<typeof PrinterBody>[0]> = {}) {
  const time = virtualTime();
  const heard: number[] = [];
  const body = new PrinterBody({ columns: 32, timers: time.timers, ...of });
  const host = { hear: (bytes: Uint8Array) => heard.push(...bytes) };
  expect(body.connect(host)).toBe(true);
  const said = () => Buffer.from(heard.splice(0)).toString('hex');
  return { time, body, host, said };
}

test.each<[string, (body: PrinterBody) => void, string]>([
  ['in order', () => undefined, '12121212'],
  ['cover open', (body) => body.openCover(), '1a161212'],
  ['near the end of its paper', (body) => body.setPaper(3_000), '1212121e'],
  ['out of paper', (body) => body.setPaper(0), '1a32127e'],
  ['cutter blocked', (body) => body.fail('recoverable', true), '3a521a12'],
  ['hot', (body) => body.fail('clears_itself'), '1a525212'],
  ['broken', (body) => body.fail('unrecoverable'), '1a523212'],
])('it answers questions at once: %s', async (_, arrange, expected) => {
  const { body, said } = connected();
  arrange(body);
  for (const n of [1, 2, 3, 4]) await body.take(Uint8Array.of(0x10, 0x04, n));
  expect(said()).toBe(expected);
});

test('it reports changes by itself once it was asked to, and no more after a reset', async () => {
  const { body, said } = connected({ paperMm: 3_004 });
  await body.take(text('\x1da\x0e'));
  expect(said()).toBe('10000000');
  body.openCover();
  body.closeCover();
  expect(said()).toBe('3800000010000000');
  await body.take(text('A\n'));
  expect(said()).toBe('10000300');
  await body.take(text('\x1b@'));
  body.openCover();
  expect(said()).toBe('');
});

test('a question torn over two pieces is answered; one whose connection ended is not', async () => {
  const { body, host, said } = connected();
  await body.take(Uint8Array.of(0x10));
  await body.take(Uint8Array.of(0x04, 0x01));
  expect(said()).toBe('12');
  await body.take(Uint8Array.of(0x10));
  body.disconnect(host);
  expect(body.connect(host)).toBe(true);
  await body.take(Uint8Array.of(0x04, 0x01));
  expect(said()).toBe('');
});

test('the process id comes when all before it is on paper', async () => {
  const { body, said, time } = connected({ lineMs: 1_000 });
  await body.take(text('A\nB\n\x1d(H\x06\x0000J001'));
  expect(said()).toBe('');
  await time.advance(1_999);
  expect(said()).toBe('');
  await time.advance(1);
  expect(said()).toBe('37224a30303100');
});

test('what it does not know stops it, until it is switched off and on', async () => {
  const { body, host } = connected();
  await body.take(Uint8Array.of(0x1b, 0x00));
  await body.take(text('A\n'));
  expect(body.onPaper).toEqual([{ kind: 'refused', reason: 'unknown_command', at: 0 }]);
  body.powerOff();
  body.powerOn();
  expect(body.connect(host)).toBe(true);
  await body.take(text('B\n'));
  expect(body.onPaper.at(-1)).toMatchObject({ text: 'B' });
});

test('one talks with it at a time', () => {
  const { body, host } = connected();
  const other = { hear: () => undefined };
  expect(body.connect(other)).toBe(false);
  body.disconnect(other);
  expect(body.connect(other)).toBe(false);
  body.disconnect(host);
  expect(body.connect(other)).toBe(true);
});

test('every control does what it says', async () => {
  const time = virtualTime();
  const pulses: unknown[] = [];
  const drawer = { kick: (pulse: unknown) => pulses.push(pulse), isPinHigh: () => false };
  const printer = createSimulatedPrinter({ ...time, drawer });
  const press = async (name: string, args?: unknown) =>
    expect(await operate(printer, { name, args })).toEqual({ kind: 'done' });
  const print = (bytes: Uint8Array) => inTime(time, printer.print({ key: 'k', signal: NEVER, bytes }));

  await press('set_paper', { millimetres: 100 });
  await press('open_cover');
  expect(printer.snapshot()).toMatchObject({ is_cover_open: true, paper_mm: 100 });
  await press('close_cover');
  await press('new_roll');
  expect(printer.snapshot()).toMatchObject({ is_cover_open: false, paper_mm: 80_000 });
  await press('fail', { error: 'cutter' });
  expect(await print(text('A\n'))).toMatchObject({ code: 'printer_error' });
  await press('close_cover');
  await press('set_speed', { line_ms: 1 });
  await press('set_answers', { status: true, process_ids: false });
  expect(await print(text('A\n'))).toEqual({ kind: 'done' });
  expect(await print(escPosDrawerKick())).toEqual({ kind: 'done' });
  expect(pulses).toEqual([{ pin: 2, onMs: 100, offMs: 500 }]);
  expect(printer.snapshot()).toMatchObject({
    paper: [{ kind: 'line', text: 'A', align: 'left', is_bold: false, is_big: false }],
  });
  await press('tear_off');
  expect(printer.snapshot()).toMatchObject({ paper: [] });
  await press('set_cable', { state: 'cut' });
  expect(await print(text('A\n'))).toMatchObject({ code: 'printer_unavailable' });
  await press('set_cable', { state: 'plugged' });
  await press('break_after', { bytes: 13 });
  expect(await print(text('B\n'))).toMatchObject({ kind: 'unknown' });
  await press('power_off');
  expect(printer.snapshot()).toMatchObject({ is_powered: false });
  await press('power_on');
  expect(await print(text('C\n'))).toEqual({ kind: 'done' });
});
