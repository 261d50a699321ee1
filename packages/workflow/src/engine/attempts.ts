/** Tries of a step: what follows from a failure, and from a call of which nobody knows what became of it. */
import type { RetryPolicy } from '../definition/model.ts';
import type { JsonObject } from '../types.ts';
import type { CallTarget } from './events.ts';
import type { StepError } from './instance.ts';
import { CALL_MS_MAX, QUERIES_MAX } from './limits.ts';
import { errorAt, note, type Place, type Run } from './run.ts';

/** What a step has come to: more to wait for, an output, or a failure after which it is not tried again. */
export type StepOutcome =
  | { kind: 'blocked' }
  | { kind: 'done'; patch: JsonObject; next?: string; detail?: string }
  | { kind: 'failed'; error: StepError };

/** The parts of a step, or of a compensation, that say how it is tried. */
export type Trying = {
  retry: RetryPolicy;
  timeout_ms: number | null;
  deadline_ms: number | null;
};

/** A failure that another try would only repeat. */
export function failed(place: Place, error: { code: string; message: string }): StepOutcome {
  return { kind: 'failed', error: errorAt(place, error) };
}

/** Begins a try. */
export function beginTry({ frame }: Place): void {
  frame.attempt += 1;
}

/** Asks for a call; its intent is committed with this advance. */
export function ask(
  run: Run,
  place: Place,
  of: { what: CallTarget; key: string; undoes: string | null; trying: Trying; query: boolean },
): StepOutcome {
  const { frame } = place;
  const { nowMs } = run.host;
  const timeoutMs = timeoutOf(run, place, of.trying);
  beginTry(place);
  frame.phase = { kind: 'calling', called_ms: nowMs, query: of.query, boot: run.host.boot };
  run.calls.push({
    visit: frame.visit,
    attempt: frame.attempt,
    key: of.key,
    undoes: of.undoes,
    query: of.query,
    what: of.what,
    timeout_ms: timeoutMs === null ? null : Math.min(timeoutMs, CALL_MS_MAX),
  });
  return { kind: 'blocked' };
}

/** What a try may take: its time-out, or what is left until the deadline; null: as long as it likes. */
export function timeoutOf(run: Run, { frame }: Place, { timeout_ms, deadline_ms }: Trying): number | null {
  if (deadline_ms === null) return timeout_ms;
  const left = Math.max(1, frame.began_ms + deadline_ms - run.host.nowMs);
  return timeout_ms === null ? left : Math.min(timeout_ms, left);
}

/** What a failure of a try means: another one after a while, or the end of the step. */
export function afterFailure(
  run: Run,
  place: Place,
  of: { error: StepError; trying: Trying; isFinal?: boolean; query?: boolean },
): StepOutcome {
  const { frame } = place;
  const { error, trying, query = false } = of;
  if (of.isFinal === true || isGivenUp(error.code, trying.retry, frame.attempt))
    return { kind: 'failed', error };
  const due_ms = run.host.nowMs + waitMs(run, trying.retry, frame.attempt);
  if (trying.deadline_ms !== null && due_ms >= frame.began_ms + trying.deadline_ms) {
    const message = `${error.message} (${error.code}), and the deadline of the step leaves no time to try again`;
    return { kind: 'failed', error: errorAt(place, { code: 'deadline_exceeded', message }) };
  }
  frame.phase = { kind: 'backoff', due_ms, query, error };
  note(run, place, { what: 'retry', detail: `${error.code}: ${error.message}` });
  return { kind: 'blocked' };
}

function isGivenUp(code: string, { attempts, retry_on, give_up_on }: RetryPolicy, tried: number): boolean {
  if (tried >= attempts || give_up_on.includes(code)) return true;
  return retry_on.length > 0 && !retry_on.includes(code);
}

/** Exponential, cut at `max_ms`; jitter takes away from it, so that no wait is longer than it says, and none is nothing. */
function waitMs(
  { host }: Run,
  { initial_ms, multiplier, max_ms, jitter }: RetryPolicy,
  tried: number,
): number {
  const wait = Math.min(max_ms, initial_ms * multiplier ** (tried - 1));
  return Math.max(1, Math.round(wait * (1 - jitter * host.random.unit())));
}

/** A person must say what became of the call. */
export function park(run: Run, place: Place, error: StepError): StepOutcome {
  place.frame.phase = { kind: 'parked', error };
  note(run, place, { what: 'parked', detail: error.message });
  return { kind: 'blocked' };
}

/** What follows from a question that was answered with a failure, or not at all. */
export function afterQuery(run: Run, place: Place, of: { error: StepError; trying: Trying }): StepOutcome {
  const { attempts } = of.trying.retry;
  if (place.frame.attempt >= attempts + QUERIES_MAX) return park(run, place, of.error);
  const patient = {
    ...of.trying,
    retry: { ...of.trying.retry, attempts: Infinity, give_up_on: [], retry_on: [] },
  };
  return afterFailure(run, place, {
    error: of.error,
    trying: { ...patient, deadline_ms: null },
    query: true,
  });
}
