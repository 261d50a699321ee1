/** Virtual time for tests: lets it pass until something has come of what was begun, which must not wait for real I/O. */
import { AssertionError, createVirtualPorts, type VirtualPorts } from '@holdfast/base';

const STEP_MS = 50;
const STEPS_MAX = 20_000;

/** Ports of a simulated world; the same seed gives the same run. */
export function virtualTime(seed = 1): VirtualPorts {
  return createVirtualPorts({ seed });
}

/** Moves time on until `promise` settles. Throws if it does not within a thousand seconds. */
export async function inTime<T>(ports: VirtualPorts, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const watched = promise.finally(() => {
    isSettled = true;
  });
  // It rejects below as well, where the caller sees it.
  watched.catch(() => undefined);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    await ports.advance(step === 0 ? 0 : STEP_MS);
    if (isSettled) return await watched;
  }
  throw new AssertionError('nothing came of it in time');
}
