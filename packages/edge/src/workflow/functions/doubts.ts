/**
 * Calls of which nobody knows what became of them, counted in the timeline of an instance: it is in the store, so that a
 * process that was started anew knows of them as well.
 */
import { NOT_DONE, type StepRecord } from '@holdfast/workflow';

const UNKNOWN = 'unknown_outcome:';

/** How often the call of a visit may have happened already. Zero once it was found out that it had not. */
export function doubtsOf(timeline: readonly StepRecord[], visit: number): number {
  let parked = 0;
  let unknown = 0;
  for (const { visit: of, what, detail } of timeline) {
    if (of !== visit) continue;
    if (detail?.startsWith(`${NOT_DONE}:`) === true) parked = unknown = 0;
    else if (what === 'parked') parked += 1;
    else if (detail?.startsWith(UNKNOWN) === true) unknown += 1;
  }
  // Before a person is asked, a device is: each of its answers is a line, and no call.
  return parked === 0 ? unknown : parked;
}
