import { expect, test } from 'vitest';
import { devicesStatus } from './devices-status.ts';
import type { Display } from './ports/small-devices.ts';
import { createSimulatedDisplay } from './simulated/display.ts';
import { createSimulatedDrawer } from './simulated/drawer.ts';
import { createSimulatedPrinter } from './simulated/printer.ts';
import { createSimulatedScale } from './simulated/scale.ts';
import { createSimulatedScanner } from './simulated/scanner.ts';
import { inTime, virtualTime } from './testing-time.ts';

test('all are asked; who needs help is named, and who never answers is gone', async () => {
  const time = virtualTime();
  const { clock, timers, random } = time;
  const printer = createSimulatedPrinter({ timers, random });
  const mute: Display = { ...createSimulatedDisplay(), status: () => new Promise(() => undefined) };
  const devices = {
    printer,
    drawer: createSimulatedDrawer({ clock }),
    customerDisplay: mute,
    scale: createSimulatedScale({ clock, timers }),
    scanner: createSimulatedScanner(),
  };
  printer.body.openCover();
  const askedAtMs = clock.nowMs();
  const status = await inTime(time, devicesStatus(devices, time));
  expect(status.askedAtMs).toBe(askedAtMs);
  expect(status.devices.map(({ kind, state }) => [kind, state])).toEqual([
    ['receipt_printer', 'attention'],
    ['cash_drawer', 'ready'],
    ['customer_display', 'gone'],
    ['scale', 'ready'],
    ['barcode_scanner', 'ready'],
  ]);
  expect(status.needHelp.map(({ attention }) => attention)).toEqual([
    'Close the cover of the printer.',
    'It does not answer: check that it is switched on, and its cable.',
  ]);
  expect(status.counts).toContainEqual({ kind: 'scale', state: 'ready', count: 1 });
});

test('no devices, no help needed', async () => {
  const time = virtualTime();
  expect(await inTime(time, devicesStatus({}, time))).toMatchObject({
    devices: [],
    needHelp: [],
    counts: [],
  });
});

test('two of a kind are counted together', async () => {
  const time = virtualTime();
  const devices = {
    customerDisplay: createSimulatedDisplay(),
    merchantDisplay: createSimulatedDisplay(),
  };
  const { counts } = await inTime(time, devicesStatus(devices, time));
  expect(counts).toEqual([{ kind: 'customer_display', state: 'ready', count: 2 }]);
});
