/** Ports for the time a hub starts: what waits for something then ends when the process is told to stop. */
import type { Ports } from '@holdfast/base';

/** The same ports, but a sleep throws the reason of `signal` once that has aborted. */
export function endingWith(ports: Ports, signal: AbortSignal | undefined): Ports {
  if (signal === undefined) return ports;
  return {
    ...ports,
    timers: {
      ...ports.timers,
      async sleep(delayMs, own) {
        await ports.timers.sleep(delayMs, own === undefined ? signal : AbortSignal.any([own, signal]));
        signal.throwIfAborted();
      },
    },
  };
}
