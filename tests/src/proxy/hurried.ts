/**
 * Ports of an edge whose pauses pass in a part of their time, so that faults which last are told in seconds, or in
 * many times it, so that nothing but the test makes it ask.
 */
import { type Ports, systemPorts } from '@holdfast/base';
import { fetchTransport, type Transport } from '@holdfast/client';

const TIMES = 6;

const STILL = 1 / 1_000;

/** Ports on which pauses pass in a sixth of their time. */
export const hurriedPorts = portsAt(TIMES);

/** Ports on which pauses last a thousand times as long. */
export const stillPorts = portsAt(STILL);

/** The wall clock is the real one. */
function portsAt(times: number): Ports {
  const { clock, random, timers } = systemPorts;
  return {
    clock: { nowMs: clock.nowMs, monotonicMs: () => clock.monotonicMs() * times },
    random,
    timers: {
      after: (delayMs, fn) => timers.after(delayMs / times, fn),
      sleep: (delayMs, signal) => timers.sleep(delayMs / times, signal),
    },
  };
}

/** A transport that waits at most `waitMsMax()` for an answer, whatever was asked for. */
export function hurriedTransport(waitMsMax: () => number): Transport {
  return (request) =>
    fetchTransport({ ...request, timeoutMs: Math.ceil(Math.min(request.timeoutMs, waitMsMax())) });
}
