import { createVirtualPorts } from '@holdfast/base';
import type { Device, DeviceKind, DeviceStatus } from '@holdfast/hardware';
import { expect, test } from 'vitest';
import { createDeviceWatch } from './device-watch.ts';

/** A device that counts how often it was asked, and answers when it is let. */
function deviceOf(kind: DeviceKind) {
  const asked: ((status: DeviceStatus) => void)[] = [];
  const statusOf = (name: string): DeviceStatus => ({
    kind,
    name,
    state: 'ready',
    attention: null,
    facts: {},
  });
  const told = { isSilent: false };
  const device: Device = {
    kind,
    close: async () => undefined,
    status: () =>
      new Promise((resolve) => {
        asked.push(resolve);
        if (!told.isSilent) resolve(statusOf(`answer ${asked.length}`));
      }),
  };
  return { device, asked, told, statusOf };
}

function watched(kind: DeviceKind) {
  const ports = createVirtualPorts({ seed: 1 });
  const one = deviceOf(kind);
  const watch = createDeviceWatch([one.device], ports);
  const look = async () => {
    const looking = watch.statuses();
    await ports.advance(300);
    return (await looking).map(({ state, name }) => [state, name]);
  };
  return { ports, watch, look, ...one };
}

test('most devices are asked at every look', async () => {
  const { look } = watched('pin_pad');
  expect([await look(), await look()]).toEqual([[['ready', 'answer 1']], [['ready', 'answer 2']]]);
});

test('what is on a line is asked now and then, and when somebody has moved something', async () => {
  const { ports, watch, look } = watched('receipt_printer');
  await look();
  expect(await look()).toEqual([['ready', 'answer 1']]);
  watch.expire();
  expect(await look()).toEqual([['ready', 'answer 2']]);
  await ports.advance(5_000);
  expect(await look()).toEqual([['ready', 'answer 3']]);
});

test('one that keeps silent is shown as it was, is not asked twice at a time, and is heard later', async () => {
  const { ports, watch, look, told, asked, statusOf } = watched('cash_drawer');
  told.isSilent = true;
  expect(await look()).toEqual([['busy', 'cash drawer']]);
  watch.expire();
  await ports.advance(10_000);
  await look();
  expect(asked).toHaveLength(1);
  asked[0]?.(statusOf('late'));
  told.isSilent = false;
  await ports.advance(0);
  expect(await look()).toEqual([['ready', 'answer 2']]);
});
