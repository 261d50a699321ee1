/**
 * Calls of the outside: intent, call, result. What was called and never answered may have happened; it is asked about,
 * called again under the same name, undone, or left to a person, as the step says. Never is it taken for a failure.
 */
import type { OnUnknown } from '../definition/model.ts';
import type { Json } from '../types.ts';
import { afterFailure, afterQuery, ask, park, type StepOutcome, type Trying } from './attempts.ts';
import type { CallTarget } from './events.ts';
import type { CallResult } from './instance.ts';
import { LOST_MAX } from './limits.ts';
import { errorAt, type Place, type Run } from './run.ts';

export type CallOrder = {
  trying: Trying;
  /** The name of the call, for whoever is called. */
  key: string;
  /** As in a call. */
  undoes?: string;
  onUnknown: OnUnknown;
  /** Whether it can be asked what became of a call. */
  canQuery: boolean;
  /** Where the call goes, as things are at this time; or why it cannot be made. */
  target(nowMs: number): { ok: true; what: CallTarget } | { ok: false; outcome: StepOutcome };
  /** What an answer means. */
  finish(output: Json): StepOutcome;
  /** The call may have happened, and the step ends with a failure: what undoes it shall be run. */
  mayHaveHappened(): void;
};

/** The answer to the question what became of a call: it did not happen. */
export const NOT_DONE = 'not_done';

/** Goes on with a step that calls the outside. */
export function goOnCalling(run: Run, place: Place, order: CallOrder): StepOutcome {
  const outcome = goOnWith(run, place, order);
  // Also when the answer was of no use, or when only a later try is known to have failed.
  if (outcome.kind === 'failed' && place.frame.may_have_happened) order.mayHaveHappened();
  return outcome;
}

function goOnWith(run: Run, place: Place, order: CallOrder): StepOutcome {
  const { phase } = place.frame;
  switch (phase.kind) {
    case 'ready':
      return begin(run, place, { order, query: false });
    case 'answered':
      return phase.query
        ? afterQuestion(run, place, { order, result: phase.result })
        : afterAnswer(run, place, { order, result: phase.result });
    case 'backoff':
      if (phase.due_ms > run.host.nowMs) return { kind: 'blocked' };
      return begin(run, place, { order, query: phase.query });
    default:
      return { kind: 'blocked' };
  }
}

function begin(run: Run, place: Place, of: { order: CallOrder; query: boolean }): StepOutcome {
  const { order, query } = of;
  const target = order.target(run.host.nowMs);
  if (!target.ok) return target.outcome;
  return ask(run, place, {
    ...{ what: target.what, key: order.key, trying: order.trying, query },
    undoes: order.undoes ?? null,
  });
}

function afterAnswer(run: Run, place: Place, of: { order: CallOrder; result: CallResult }): StepOutcome {
  const { order, result } = of;
  const { trying } = order;
  if (result.kind !== 'failed') place.frame.may_have_happened = true;
  if (result.kind === 'ok') return order.finish(result.output);
  if (result.kind === 'failed') {
    const isFinal = result.final === true && !trying.retry.retry_on.includes(result.code);
    return afterFailure(run, place, { error: errorAt(place, result), trying, isFinal });
  }
  const error = errorAt(place, { code: 'unknown_outcome', message: result.message });
  switch (order.onUnknown) {
    case 'query':
      return order.canQuery ? begin(run, place, { order, query: true }) : park(run, place, error);
    case 'retry': {
      // It is not known to have failed: what the step says of failures is not about this.
      const attempts = trying.retry.attempts + (result.lost === true ? LOST_MAX : 0);
      const patient = { ...trying, retry: { ...trying.retry, attempts, retry_on: [], give_up_on: [] } };
      return afterFailure(run, place, { error, trying: patient });
    }
    case 'compensate':
      return { kind: 'failed', error };
    case 'park':
      return park(run, place, error);
  }
}

function afterQuestion(run: Run, place: Place, of: { order: CallOrder; result: CallResult }): StepOutcome {
  const { order, result } = of;
  const { trying } = order;
  if (result.kind === 'ok') return order.finish(result.output);
  if (result.kind === 'failed' && result.code === NOT_DONE) {
    place.frame.may_have_happened = false;
    return afterFailure(run, place, { error: errorAt(place, result), trying });
  }
  const message = `what became of the call cannot be found out: ${result.message}`;
  const error = errorAt(place, { code: 'unknown_outcome', message });
  if (result.kind === 'unknown' && result.final === true) return park(run, place, error);
  return afterQuery(run, place, { error, trying });
}
