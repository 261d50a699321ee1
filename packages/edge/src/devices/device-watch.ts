/**
 * How devices are, for a page that looks often. Most say it at once. What hangs on a line takes its time, and to ask is
 * traffic on the line: it is asked now and then, and meanwhile the page gets what was said last.
 */
import type { Clock, Timers } from '@holdfast/base';
import type { Device, DeviceStatus } from '@holdfast/hardware';

/** Answers at once, with what is known. */
export type DeviceWatch = {
  /** Of each device in its order; resolves soon, also while one does not answer. */
  statuses(): Promise<readonly DeviceStatus[]>;
  /** Asks anew at the next look: somebody has moved something. */
  expire(): void;
};

type Watched = { device: Device; last: DeviceStatus; askedAtMs: number; isAsking: boolean };

/** A page that shows it as of now would be wrong by this at most. */
const LINE_AGE_MS = 5_000;
const ON_A_LINE: ReadonlySet<string> = new Set(['receipt_printer', 'cash_drawer']);
/** A page waits that long for those that it asks. */
const SOON_MS = 250;

/** Watches these devices, `busy` until each has answered for the first time. */
export function createDeviceWatch(
  devices: readonly Device[],
  { clock, timers }: { clock: Clock; timers: Timers },
): DeviceWatch {
  const watched = devices.map((device): Watched => {
    const name = device.kind.replaceAll('_', ' ');
    const last = { kind: device.kind, name, state: 'busy', attention: null, facts: {} } as const;
    return { device, last, askedAtMs: Number.NEGATIVE_INFINITY, isAsking: false };
  });
  const isDue = ({ device, askedAtMs, isAsking }: Watched) =>
    !isAsking && (!ON_A_LINE.has(device.kind) || clock.monotonicMs() - askedAtMs >= LINE_AGE_MS);
  const ask = async (one: Watched) => {
    one.isAsking = true;
    one.askedAtMs = clock.monotonicMs();
    try {
      one.last = await one.device.status();
    } finally {
      // One that failed to answer is asked again at the next look.
      one.isAsking = false;
    }
  };
  return {
    async statuses() {
      const late = new AbortController();
      const asked = Promise.all(watched.filter(isDue).map(ask));
      await Promise.race([asked, timers.sleep(SOON_MS, late.signal)]);
      late.abort();
      return watched.map(({ last }) => last);
    },
    expire() {
      for (const one of watched) one.askedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
