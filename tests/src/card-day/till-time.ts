/** Time at a till of a day: virtual, in steps of a hand, and never faster than a disk. */
import { getActiveResourcesInfo } from 'node:process';
import type { VirtualPorts } from '@holdfast/base';

const STEP_MS = 50;
/** More than any payment takes, whoever waits for whom. */
export const TURNS_MAX = 4_000;

/** Moves time on by a step. It stands still while a file is being written, so that no step of a workflow runs out of it. */
export async function passTime(ports: VirtualPorts): Promise<void> {
  do await new Promise<void>((resolve) => setImmediate(resolve));
  while (getActiveResourcesInfo().some((name) => /req/i.test(name)));
  await ports.advance(STEP_MS);
}

/** Lets time pass until a promise has settled. */
export async function inTime<T>(ports: VirtualPorts, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await until(ports, () => isSettled);
  return await promise;
}

/** Lets time pass until a condition holds; throws when it never does. */
export async function until(ports: VirtualPorts, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (holds()) return;
    await passTime(ports);
  }
  throw new Error('it did not come to that');
}
