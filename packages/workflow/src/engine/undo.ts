/** What can be undone: noted when a step is done, or when nobody knows whether it is. */
import { must } from '@holdfast/base';
import type { Step } from '../definition/model.ts';
import { inputFor } from './input.ts';
import type { Undoable } from './instance.ts';
import { callKey, hold, type Place, pathOf, type Run } from './run.ts';

/** Of a call of which nobody knows, or whose output went nowhere. */
export const IN_DOUBT = { inDoubt: true };

/** Notes what undoes the step, with the input it has now; nothing when nothing does. */
export function noteUndoable(run: Run, place: Place, step: Step, { inDoubt = false } = {}): void {
  const { compensate } = step;
  if (compensate === null || !run.host.program.definition.saga) return;
  const spec = must(
    run.host.functions.get(compensate.function),
    `the function ${compensate.function} is known`,
  );
  const made = inputFor(run, place, { fields: spec.input, given: {} });
  const undoable: Undoable = {
    visit: place.frame.visit,
    key: callKey(run, place),
    step: pathOf(place),
    function: compensate.function,
    retry: compensate.retry,
    // With what there is: a person who reads of the failure sees what was missing.
    input: made.ok ? made.input : {},
    in_doubt: inDoubt,
  };
  run.instance.done.push(undoable);
  hold(run, undoable);
}
