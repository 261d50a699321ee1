/**
 * Services: things that run until they are stopped, and are restarted with back-off when they fail.
 */
import type { Ports } from './ports.ts';

/** A long-running part of a process. */
export type Service = {
  readonly name: string;
  /** Resolves when `signal` aborts and everything it held is released; rejects to be restarted. */
  run(signal: AbortSignal): Promise<void>;
};

/** Told of every failure of a supervised service; the only place such an error ends. */
export type OnServiceFailure = (failure: { service: string; error: unknown; retryInMs: number }) => void;

/** Runs `service` until `signal` aborts, restarting it with `backoffMs` after each failure. */
export async function supervise(
  service: Service,
  { ports, signal, onFailure }: { ports: Ports; signal: AbortSignal; onFailure: OnServiceFailure },
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    const startedMs = ports.clock.monotonicMs();
    try {
      await service.run(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (ports.clock.monotonicMs() - startedMs > 60_000) failures = 0;
      const retryInMs = backoffMs({ failures, random: ports.random, capSeconds: 30 });
      onFailure({ service: service.name, error, retryInMs });
      await ports.timers.sleep(retryInMs, signal);
    }
  }
}

/**
 * Delay before retry number `failures` (0 for the first): `1 s + U(0, min(cap, 2^failures))`. The jitter is drawn
 * after the cap, so that a fleet that waited long does not come back in step; the first retry is jittered too.
 */
export function backoffMs(options: {
  failures: number;
  random: Ports['random'];
  capSeconds?: number;
}): number {
  const spreadSeconds = Math.min(options.capSeconds ?? 120, 2 ** Math.min(options.failures, 30));
  return Math.round(1000 * (1 + options.random.unit() * spreadSeconds));
}
