/** The drill: makes the link behave as in an outage, beneath every client, and ends by itself. */
import { LIMITS, type Ports } from '@holdfast/base';
import type { LinkMode } from '@holdfast/protocol';
import { LinkError, type Transport } from './transport.ts';

export type Drill = {
  readonly mode: LinkMode;
  /** Milliseconds since the epoch at which a drill ends; null while none is on. */
  readonly untilMs: number | null;
  /** Starts a drill, or with `auto` ends it; `untilMs` only to take one up again after a restart. */
  set(mode: LinkMode, untilMs?: number): void;
  /** The transport as the drill leaves it. */
  readonly transport: Transport;
};

/** Half of the requests of an intermittent link get through. */
const INTERMITTENT_LOSS = 0.5;

export function createDrill(real: Transport, ports: Ports): Drill {
  let mode: LinkMode = 'auto';
  // By the monotonic clock: setting the wall clock back does not make a drill last.
  let endsAtMs: number | null = null;
  // What a drill holds back is let go when it is changed: nobody waits for an outage that is over.
  let held = new AbortController();
  const current = (): LinkMode => {
    if (endsAtMs !== null && ports.clock.monotonicMs() >= endsAtMs) {
      mode = 'auto';
      endsAtMs = null;
    }
    return mode;
  };
  return {
    get mode() {
      return current();
    },
    get untilMs() {
      current();
      return endsAtMs === null ? null : ports.clock.nowMs() + endsAtMs - ports.clock.monotonicMs();
    },
    set(next, until) {
      held.abort();
      held = new AbortController();
      mode = next;
      const lastsMs = until === undefined ? LIMITS.drillMs : until - ports.clock.nowMs();
      endsAtMs = next === 'auto' ? null : ports.clock.monotonicMs() + Math.min(lastsMs, LIMITS.drillMs);
    },
    async transport(request) {
      const now = current();
      if (now === 'offline') throw new LinkError('drill', 'A drill plays an outage');
      if (now === 'timeout') {
        const letGo = request.signal ? AbortSignal.any([request.signal, held.signal]) : held.signal;
        await ports.timers.sleep(request.timeoutMs, letGo);
        throw new LinkError('drill', 'A drill plays a link that does not answer');
      }
      if (now === 'intermittent' && ports.random.unit() < INTERMITTENT_LOSS)
        throw new LinkError('drill', 'A drill plays an intermittent link');
      return await real(request);
    },
  };
}
