/** Where an instance stands, for people: each step it is at, what it does there, and what it waits for. */
import type { Program } from '../definition/program.ts';
import type { Fields } from '../types.ts';
import type { Frame, Instance, StepError } from './instance.ts';
import { isSkippable } from './repair.ts';
import { type Place, pathOf, type Seen, scopeAt, stepAt, templateAt } from './run.ts';

/** What a signal must carry, and who is asked for it: a person with a role, or with `role` null a program. */
export type Asked = { signal: string; role: string | null; prompt: string | null; fields: Fields };

export type Standing = {
  /** Path of the step: `Fan/left/Charge`. */
  step: string;
  /** What the step did is being undone. */
  isUndoing: boolean;
  doing:
    | 'about_to_run'
    | 'calling'
    | 'asking'
    | 'trying_again'
    | 'waiting_for_time'
    | 'waiting_for_signal'
    | 'waiting_for_workflow'
    | 'parked'
    | 'failed';
  began_ms: number;
  attempt: number;
  due_ms: number | null;
  error: StepError | null;
  asked: Asked | null;
  child_id: string | null;
  /** Whether it can be taken for done now. */
  canSkip: boolean;
};

const DOING = {
  ready: 'about_to_run',
  calling: 'calling',
  answered: 'about_to_run',
  backoff: 'trying_again',
  timer: 'waiting_for_time',
  signal: 'waiting_for_signal',
  signalled: 'about_to_run',
  child: 'waiting_for_workflow',
  child_ended: 'about_to_run',
  inside: 'about_to_run',
  parked: 'parked',
  failed: 'failed',
} as const satisfies Record<Frame['phase']['kind'], Standing['doing']>;

/** The steps at which it stands, the innermost of each; on the way back, the one that is being undone. */
export function standingsOf(instance: Instance, of: { program: Program; nowMs: number }): Standing[] {
  const { unwinding } = instance;
  if (unwinding !== null) return unwinding.frame === null ? [] : [describe(unwinding.frame)];
  const seen: Seen = { instance, host: of };
  const found: Standing[] = [];
  const look = (place: Place) => {
    const { frame } = place;
    const step = stepAt(seen, frame);
    if (step === undefined) return;
    for (const below of frame.below) look({ frame: below, above: place });
    // Those below say it all, unless the step failed with them.
    if (frame.below.length > 0 && frame.phase.kind !== 'failed') return;
    found.push({
      ...describe(frame),
      step: pathOf(place),
      isUndoing: false,
      asked: askedAt(seen, place),
      canSkip: isSkippable(frame),
    });
  };
  look({ frame: instance.frame, above: null });
  return found;
}

/** What the frame alone tells; that of a compensation stands at the path of the step. */
function describe({ at, phase, began_ms, attempt }: Frame): Standing {
  const isQuestion = phase.kind === 'calling' && phase.query;
  return {
    step: at,
    isUndoing: true,
    doing: isQuestion ? 'asking' : DOING[phase.kind],
    began_ms,
    attempt,
    due_ms: 'due_ms' in phase ? phase.due_ms : null,
    error: 'error' in phase ? phase.error : null,
    asked: null,
    child_id: phase.kind === 'child' ? phase.instance_id : null,
    canSkip: false,
  };
}

function askedAt(seen: Seen, place: Place): Asked | null {
  const step = stepAt(seen, place.frame);
  if (step?.type !== 'HUMAN_IN_LOOP' || place.frame.phase.kind !== 'signal') return null;
  const { signal, role, fields } = step;
  return { signal, role, fields, prompt: step.prompt === null ? null : promptAt(seen, place, step.prompt) };
}

/** What cannot be filled in is shown as it was written. */
function promptAt(seen: Seen, place: Place, prompt: string): string {
  const rendered = templateAt(seen, place, prompt).render(scopeAt(seen, place), () => undefined);
  return 'text' in rendered ? rendered.text : prompt;
}
