/** What can be undone: noted when a step is done, or when nobody knows whether it is. */
import { must } from '@holdfast/base';
import type { Step } from '../definition/model.ts';
import { inputFor } from './input.ts';
import { type Place, pathOf, type Run } from './run.ts';

/** Notes what undoes the step, with the input it has now; nothing when nothing does. */
export function noteUndoable(run: Run, place: Place, step: Step): void {
  const { compensate } = step;
  if (compensate === null || !run.host.program.definition.saga) return;
  const spec = must(
    run.host.functions.get(compensate.function),
    `the function ${compensate.function} is known`,
  );
  const made = inputFor(run, place, { fields: spec.input, given: {} });
  run.instance.done.push({
    visit: place.frame.visit,
    step: pathOf(place),
    function: compensate.function,
    retry: compensate.retry,
    // With what there is: a person who reads of the failure sees what was missing.
    input: made.ok ? made.input : {},
  });
}
