/** LOOP: its body, for each item of a list or while a condition holds, never more often than it says. */
import { must } from '@holdfast/base';
import type { LoopStep } from '../definition/model.ts';
import type { Json } from '../types.ts';
import { failed, type StepOutcome } from './attempts.ts';
import { drainFrame, runFrame } from './frames.ts';
import {
  enterBlock,
  errorAt,
  expressionAt,
  faultError,
  hold,
  type Place,
  pathOf,
  type Run,
  scopeAt,
  valueAt,
} from './run.ts';
import { fitsState } from './size.ts';

/** Goes on with a loop as far as it can. */
export function goOnLooping(run: Run, place: Place, step: LoopStep): StepOutcome {
  const { frame } = place;
  if (frame.phase.kind === 'ready') {
    const items = itemsOf(run, place, step);
    if (!items.ok) return items.outcome;
    frame.items = items.items;
    hold(run, items.items);
    const due_ms = step.deadline_ms === null ? null : frame.began_ms + step.deadline_ms;
    frame.phase = { kind: 'inside', due_ms };
  }
  if (frame.phase.kind !== 'inside') return { kind: 'blocked' };
  const { due_ms } = frame.phase;
  const isLate = due_ms !== null && run.host.nowMs >= due_ms;
  for (;;) {
    if (isLate) return giveUp(run, place);
    if (frame.below.length === 0) {
      const begun = beginRound(run, place, step);
      if (begun !== undefined) return begun;
    }
    const body = must(frame.below[0], 'a round was begun');
    const outcome = runFrame(run, { frame: body, above: place });
    if (outcome.kind === 'failed') return { kind: 'failed', error: outcome.error };
    if (outcome.kind === 'blocked') return { kind: 'blocked' };
    frame.below = [];
  }
}

/** Ends the round that is under way, once what it has called is known. */
function giveUp(run: Run, place: Place): StepOutcome {
  const rounds = place.frame.below.map((frame) => drainFrame(run, { frame, above: place }));
  if (rounds.some(({ kind }) => kind === 'blocked')) return { kind: 'blocked' };
  return failed(place, { code: 'timed_out', message: 'The rounds did not end in time.' });
}

function itemsOf(
  run: Run,
  place: Place,
  { mode, max_iterations }: LoopStep,
): { ok: true; items: readonly Json[] } | { ok: false; outcome: StepOutcome } {
  if (mode.kind === 'while') return { ok: true, items: [] };
  const over = valueAt(run, place, mode.over);
  const fail = (error: { code: string; message: string }) =>
    ({ ok: false, outcome: { kind: 'failed', error: errorAt(place, error) } }) as const;
  if ('fault' in over) return fail(faultError(place, over));
  if (!Array.isArray(over.value)) return fail({ code: 'wrong_type', message: `${mode.over} is no list` });
  if (over.value.length > max_iterations)
    return fail({
      code: 'too_many_iterations',
      message: `${mode.over} has ${over.value.length} items; the loop is bound to ${max_iterations}.`,
    });
  if (!fitsState(over.value))
    return fail({ code: 'state_too_large', message: `${mode.over} is larger than a state may be.` });
  return { ok: true, items: over.value };
}

/** Begins the next round; an outcome when there is none. */
function beginRound(run: Run, place: Place, step: LoopStep): StepOutcome | undefined {
  const { frame } = place;
  const { mode, max_iterations } = step;
  if (mode.kind === 'iterate') {
    if (frame.index >= frame.items.length)
      return { kind: 'done', patch: {}, detail: `${frame.index} rounds` };
  } else {
    const holds = expressionAt(run, place, mode.condition).test(scopeAt(run, place));
    if (typeof holds !== 'boolean') return { kind: 'failed', error: faultError(place, holds) };
    if (!holds) return { kind: 'done', patch: {}, detail: `${frame.index} rounds` };
    if (frame.index >= max_iterations) {
      const message = `The condition still holds after ${max_iterations} rounds.`;
      return {
        kind: 'failed',
        error: errorAt(place, { code: 'too_many_iterations', message }),
      };
    }
  }
  const item = frame.items[frame.index];
  const locals = { index: frame.index, ...(mode.kind === 'iterate' && { [mode.item]: item ?? null }) };
  frame.below = [enterBlock(run, pathOf(place), { locals })];
  frame.index += 1;
  return undefined;
}
