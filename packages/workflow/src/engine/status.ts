/** What can be told of an instance from where it stands: its status, when it must be looked at again, what is under way. */
import { END } from '../definition/model.ts';
import { ENDED, type Frame, type Instance, type Status } from './instance.ts';

/** Every frame that stands at a step, the outer before those below it; on the way back, the compensation as well. */
export function walk({ frame, unwinding }: Pick<Instance, 'frame' | 'unwinding'>): Frame[] {
  const frames: Frame[] = [];
  const add = (each: Frame) => {
    if (each.at === END) return;
    frames.push(each);
    for (const below of each.below) add(below);
  };
  add(frame);
  if (unwinding?.frame) frames.push(unwinding.frame);
  return frames;
}

/** The frames that can still go on: a step that has failed holds those below it only for another try. */
export function walkLive(frame: Frame): Frame[] {
  if (frame.at === END) return [];
  const below = frame.phase.kind === 'failed' ? [] : frame.below;
  return [frame, ...below.flatMap(walkLive)];
}

/** True while a call is under way: after a crash the instance must be told that there is no answer. */
export function isCalling(instance: Instance): boolean {
  return walk(instance).some(({ phase }) => phase.kind === 'calling');
}

/** The status of an instance that has not ended. */
export function statusOf(instance: Instance, hasMore: boolean): Status {
  const { unwinding } = instance;
  const calling = isCalling(instance);
  if (unwinding !== null) return unwinding.frame?.phase.kind === 'parked' ? 'parked' : 'compensating';
  if (calling || hasMore) return 'running';
  if (instance.is_paused) return 'paused';
  return walk(instance).some(({ phase }) => phase.kind === 'parked') ? 'parked' : 'waiting';
}

/** When the instance must be looked at again, in milliseconds of its clock; null: something else must happen first. */
export function wakeMs(instance: Instance): number | null {
  if (ENDED.has(instance.status)) return null;
  const { unwinding, deadline_ms: deadline, updated_ms: seenMs } = instance;
  if (unwinding !== null) return unwinding.frame === null ? null : dueOf(unwinding.frame);
  const dues = instance.is_paused ? [] : walkLive(instance.frame).map(dueOf);
  const all = [...dues, instance.stopping === null ? deadline : null]
    .filter((due) => due !== null)
    // What was due when it was last looked at has come to nothing: it waits for something else.
    .filter((due) => due > seenMs);
  return all.length === 0 ? null : Math.min(...all);
}

function dueOf({ phase }: Frame): number | null {
  return 'due_ms' in phase ? phase.due_ms : null;
}
