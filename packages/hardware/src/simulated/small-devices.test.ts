import { expect, test } from 'vitest';
import type { ScannedCode } from '../ports/small-devices.ts';
import { inTime, virtualTime } from '../testing-time.ts';
import { operate, type Simulated } from './controls.ts';
import { createSimulatedDisplay } from './display.ts';
import { createSimulatedDrawer } from './drawer.ts';
import { createSimulatedPrinter } from './printer.ts';
import { createSimulatedScale } from './scale.ts';
import { createSimulatedScanner } from './scanner.ts';

const NEVER = new AbortController().signal;
const ORDER = { key: 'k', signal: NEVER };

async function press(simulated: Simulated, name: string, args?: unknown): Promise<void> {
  expect(await operate(simulated, { name, args })).toEqual({ kind: 'done' });
}

test('a drawer opens, stays open until somebody shuts it, and is reported after long', async () => {
  const time = virtualTime();
  const drawer = createSimulatedDrawer({ ...time, openTooLongMs: 10_000 });
  expect(await drawer.isOpen()).toBe(false);
  expect(await drawer.open(ORDER)).toEqual({ kind: 'done' });
  expect(await drawer.isOpen()).toBe(true);
  await time.advance(10_001);
  expect(await drawer.status()).toMatchObject({
    state: 'attention',
    attention: 'The drawer has been open for long: push it shut.',
    facts: { is_open: true },
  });
  await press(drawer, 'push_shut');
  expect(await drawer.isOpen()).toBe(false);
  await press(drawer, 'set_stuck', { is_stuck: true });
  expect(await drawer.open(ORDER)).toMatchObject({ kind: 'failed', code: 'drawer_stuck' });
  await press(drawer, 'open_with_key');
  expect(drawer.snapshot()).toEqual({ is_open: true, open_ms: 0, is_stuck: true, is_plugged: true });
  await press(drawer, 'set_plugged', { is_plugged: false });
  expect(await drawer.isOpen()).toBe(null);
  expect(await drawer.open(ORDER)).toMatchObject({ kind: 'failed', code: 'printer_unavailable' });
  expect(await drawer.status()).toMatchObject({ state: 'gone' });
});

test('a drawer on a printer opens at its pulse, and the printer sees its switch', async () => {
  const time = virtualTime();
  const drawer = createSimulatedDrawer(time);
  const printer = createSimulatedPrinter({ ...time, drawer: drawer.connector });
  drawer.onMoved(() => printer.body.drawerMoved());
  expect(await inTime(time, printer.drawerPin())).toBe('low');
  expect(await inTime(time, printer.kickDrawer(ORDER))).toEqual({ kind: 'done' });
  expect(await drawer.isOpen()).toBe(true);
  expect(await inTime(time, printer.drawerPin())).toBe('high');
  await press(drawer, 'push_shut');
  const weak = { pin: 2, onMs: 20, offMs: 100 } as const;
  expect(await inTime(time, printer.kickDrawer({ ...ORDER, pulse: weak }))).toEqual({ kind: 'done' });
  expect(await drawer.isOpen()).toBe(false);
});

test('a display cuts at its edge, and what people see as one character takes one column', async () => {
  const display = createSimulatedDisplay({ columns: 6 });
  expect(await display.show(['Kaffe 32.00', 'A\u0301\tb', 'third'])).toEqual({ kind: 'done' });
  expect(display.shown).toEqual(['Kaffe ', '\u00c1 b   ']);
  await press(display, 'set_plugged', { is_plugged: false });
  expect(await display.show(['x'])).toMatchObject({ kind: 'failed', code: 'display_gone' });
  await press(display, 'set_plugged', { is_plugged: true });
  expect(display.snapshot()).toEqual({ is_plugged: true, lines: ['      ', '      '] });
  expect(createSimulatedDisplay({ kind: 'merchant_display' })).toMatchObject({ lines: 2, columns: 20 });
});

test('a scale gives a weight that stands still, in its divisions, net of its tare', async () => {
  const time = virtualTime();
  const scale = createSimulatedScale(time);
  const weigh = (signal = NEVER) => inTime(time, scale.weigh({ signal }));
  await press(scale, 'put', { grams: 203 });
  expect(await scale.tare()).toMatchObject({ kind: 'failed', code: 'in_motion' });
  expect(scale.snapshot()).toMatchObject({ is_in_motion: true });
  const beganMs = time.clock.monotonicMs();
  expect(await weigh()).toEqual({ kind: 'done', grams: 205, isTared: false });
  expect(time.clock.monotonicMs() - beganMs).toBeGreaterThanOrEqual(800);
  expect(await scale.tare()).toEqual({ kind: 'done' });
  await press(scale, 'put', { grams: 1_455 });
  expect(await weigh()).toEqual({ kind: 'done', grams: 1_250, isTared: true });
  await press(scale, 'put', { grams: 0 });
  expect(await weigh()).toMatchObject({ kind: 'failed', code: 'below_zero' });
  await press(scale, 'clear_tare');
  expect(await weigh()).toEqual({ kind: 'done', grams: 0, isTared: false });
  await press(scale, 'put', { grams: 15_045 });
  expect(await weigh()).toEqual({ kind: 'done', grams: 15_045, isTared: false });
  await press(scale, 'put', { grams: 15_046 });
  expect(await weigh()).toMatchObject({ kind: 'failed', code: 'overloaded' });
  expect(await scale.status()).toMatchObject({ state: 'attention' });
});

test('a scale that shakes is waited for, as long as somebody waits', async () => {
  const time = virtualTime();
  const scale = createSimulatedScale(time);
  await press(scale, 'set_shaken', { is_shaken: true });
  const until = new AbortController();
  time.timers.after(60_000, () => until.abort());
  expect(await inTime(time, scale.weigh({ signal: until.signal }))).toMatchObject({ code: 'aborted' });
  await press(scale, 'set_plugged', { is_plugged: false });
  expect(await inTime(time, scale.weigh({ signal: NEVER }))).toMatchObject({ code: 'scale_gone' });
  expect(await scale.tare()).toMatchObject({ code: 'scale_gone' });
  expect(await scale.status()).toMatchObject({ state: 'gone' });
});

test('a scanner tells those who listen, until they do not', async () => {
  const scanner = createSimulatedScanner();
  const codes: ScannedCode[] = [];
  const until = new AbortController();
  scanner.listen({ signal: until.signal, onCode: (code) => codes.push(code) });
  await press(scanner, 'scan', { text: '7310865004703', symbology: 'ean_13' });
  await press(scanner, 'scan', { text: 'https://example.test/åäö', symbology: 'unknown' });
  until.abort();
  expect(await operate(scanner, { name: 'scan', args: { text: 'x', symbology: 'qr' } })).toMatchObject({
    kind: 'impossible',
  });
  expect(codes).toEqual([
    { text: '7310865004703', symbology: 'ean_13' },
    { text: 'https://example.test/åäö', symbology: null },
  ]);
  await press(scanner, 'set_plugged', { is_plugged: false });
  expect(await operate(scanner, { name: 'scan', args: { text: 'x', symbology: 'qr' } })).toMatchObject({
    kind: 'impossible',
  });
  expect(await scanner.status()).toMatchObject({ state: 'gone' });
});
