/** How all devices of a till are, for the readiness check before opening and for metrics. */
import type { Clock, Timers } from '@holdfast/base';
import type { Device, DeviceKind, DeviceStatus } from './ports/device.ts';
import type { Devices } from './ports/devices.ts';

export type DevicesStatus = {
  /** When they were asked, in milliseconds since the Unix epoch. */
  askedAtMs: number;
  /** In the order of {@link Devices}. */
  devices: readonly DeviceStatus[];
  /** Those that somebody should look at. */
  needHelp: readonly DeviceStatus[];
  /** How many devices of a kind are in a state, for metrics; only those there are. */
  counts: readonly { kind: DeviceKind; state: DeviceStatus['state']; count: number }[];
};

const WITHIN_MS = 3_000;

/** Asks all at once. One that does not answer within `withinMs`, three seconds if unsaid, is gone. */
export async function devicesStatus(
  devices: Devices,
  { clock, timers, withinMs = WITHIN_MS }: { clock: Clock; timers: Timers; withinMs?: number },
): Promise<DevicesStatus> {
  const askedAtMs = clock.nowMs();
  const late = new AbortController();
  const cancel = timers.after(withinMs, () => late.abort());
  const present = Object.values(devices).filter((device) => device !== undefined);
  const statuses = await Promise.all(present.map((device) => ask(device, late.signal)));
  cancel();
  const needHelp = statuses.filter(({ state, attention }) => state === 'gone' || attention !== null);
  return { askedAtMs, devices: statuses, needHelp, counts: countsOf(statuses) };
}

async function ask(device: Device, late: AbortSignal): Promise<DeviceStatus> {
  const silence = new Promise<DeviceStatus>((resolve) => {
    const { kind } = device;
    const attention = 'It does not answer: check that it is switched on, and its cable.';
    late.addEventListener(
      'abort',
      () => resolve({ kind, name: kind.replace('_', ' '), state: 'gone', attention, facts: {} }),
      { once: true },
    );
  });
  return await Promise.race([device.status(late), silence]);
}

function countsOf(statuses: readonly DeviceStatus[]): DevicesStatus['counts'] {
  const counts = new Map<string, DevicesStatus['counts'][number]>();
  for (const { kind, state } of statuses) {
    const key = `${kind} ${state}`;
    counts.set(key, { kind, state, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
