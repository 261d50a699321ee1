/** One advance of an instance while it is under way: what it reads, what it changes, what it asks for. */
import { must, type Random, uuidV7, uuidV8 } from '@holdfast/base';
import { sha256 } from '@holdfast/crypto';
import { END, type Step } from '../definition/model.ts';
import { expressionKey, type Program } from '../definition/program.ts';
import type { EvaluationFault, Scope } from '../expression/expression.ts';
import type { FunctionTable } from '../functions.ts';
import type { Json, JsonObject } from '../types.ts';
import type { Call, ScheduleOrder, Spawn, StepRecord } from './events.ts';
import type { Frame, Instance, StepError, Undoable } from './instance.ts';
import { HELD_BYTES_MAX, STATE_BYTES_MAX, STEPS_AT_ONCE, TEXT_CHARS_MAX, WORK_OF_STEP } from './limits.ts';

/** What an advance needs of whoever holds the instance. */
export type Host = {
  program: Program;
  functions: FunctionTable;
  /** Time by which things fall due: it does not follow a clock that is set back. */
  nowMs: number;
  random: Random;
  /** Of the process: a call that another one has made has no answer any more. */
  boot: string;
  /** Why a workflow cannot be started with that input; undefined when it can. */
  refusalOf(
    of: Pick<Spawn, 'workflow_type' | 'input' | 'currency'>,
  ): { code: string; message: string } | undefined;
  /**
   * Runs a pure or local function; what it changes is committed with this advance. Throws {@link StepFailure}, after
   * which nothing that it did is left.
   */
  runLocal(call: LocalCall): Json;
};

/** A call of a pure or local function; `key` is the same for every try of the visit, `currency` that of its money. */
export type LocalCall = {
  function: string;
  input: JsonObject;
  key: string;
  instance_id: string;
  currency: string;
};

/** Thrown by a function that cannot do what it should. */
export class StepFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A frame with what is above it. */
export type Place = { frame: Frame; above: Place | null };

export type Run = {
  instance: Instance;
  host: Host;
  records: StepRecord[];
  calls: Call[];
  /** Visits whose calls are of no use any more. */
  aborts: number[];
  spawns: Spawn[];
  /** Sub-workflows that shall end. */
  cancels: string[];
  schedules: ScheduleOrder[];
  /** Steps that may still be begun in this advance. */
  budget: number;
};

/** What is needed to look at an instance. */
export type Seen = { instance: Instance; host: Pick<Host, 'program' | 'nowMs'> };

export function createRun(instance: Instance, host: Host): Run {
  const lists = { records: [], calls: [], aborts: [], spawns: [], cancels: [], schedules: [] };
  return { instance, host, ...lists, budget: STEPS_AT_ONCE };
}

/** The step a frame stands at; undefined at the end of its block. */
export function stepAt(run: Seen, frame: Frame): Step | undefined {
  if (frame.at === END) return undefined;
  const block = must(run.host.program.blocks.get(frame.block), `the block ${frame.block} is defined`);
  return must(block.steps.get(frame.at), `the step ${frame.at} is defined`);
}

/** The path of the step at a place, for people: `Fan/left/Charge`. */
export function pathOf({ frame }: Place): string {
  return frame.block === '' ? frame.at : `${frame.block}/${frame.at}`;
}

/** A frame at the begin of a block. */
export function enterBlock(
  run: Run,
  block: string,
  of: { locals?: JsonObject; delta?: JsonObject | null },
): Frame {
  const frame: Frame = {
    block,
    at: '',
    phase: { kind: 'ready' },
    visit: 0,
    attempt: 0,
    began_ms: 0,
    may_have_happened: false,
    locals: of.locals ?? {},
    delta: of.delta ?? null,
    below: [],
    items: [],
    index: 0,
  };
  moveTo(run, frame, must(run.host.program.blocks.get(block), `the block ${block} is defined`).first);
  return frame;
}

/** Moves a frame on to a step of its block, or its end. */
export function moveTo(run: Run, frame: Frame, target: string): void {
  frame.at = target;
  frame.phase = { kind: 'ready' };
  if (target !== END) run.instance.visits += 1;
  frame.visit = run.instance.visits;
  frame.attempt = 0;
  frame.began_ms = run.host.nowMs;
  frame.may_have_happened = false;
  frame.below = [];
  frame.items = [];
  frame.index = 0;
}

/** The state as a place sees it: with what the branches around it have written. */
export function stateAt(run: Seen, place: Place | null): JsonObject {
  if (place === null) return run.instance.state;
  const above = stateAt(run, place.above);
  return place.frame.delta === null ? above : { ...above, ...place.frame.delta };
}

function localsAt(place: Place | null): JsonObject {
  return place === null ? {} : { ...localsAt(place.above), ...place.frame.locals };
}

/** What an expression at a place may name. */
export function scopeAt(run: Seen, place: Place, nowMs = run.host.nowMs): Scope {
  return { state: stateAt(run, place), locals: localsAt(place), currency: run.instance.currency, nowMs };
}

/** The compiled expression that stands at a place. What it may cost leaves less for the steps after it in this advance. */
export function expressionAt(run: Run, { frame }: Place, text: string) {
  run.budget -= Math.floor((text.length * run.instance.state_bytes) / WORK_OF_STEP);
  return must(
    run.host.program.expressions.get(expressionKey(frame.block, text)),
    `the expression ${text} was compiled`,
  );
}

/** The compiled text with `{{…}}` that stands at a place. */
export function templateAt(run: Seen, { frame }: Place, text: string) {
  return must(
    run.host.program.templates.get(expressionKey(frame.block, text)),
    `the text ${text} was compiled`,
  );
}

/** The value of an expression that stands at a place. */
export function valueAt(run: Run, place: Place, text: string): { value: Json } | EvaluationFault {
  return expressionAt(run, place, text).value(scopeAt(run, place));
}

/** Writes into the state as the place sees it; false when the state would become too large, and nothing is written. */
export function write(run: Run, place: Place, patch: JsonObject): boolean {
  const { instance } = run;
  const bytes = Object.keys(patch).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(patch));
  if (instance.state_bytes + bytes > STATE_BYTES_MAX) {
    // The sum forgets nothing that was written over: look again before it is refused.
    instance.state_bytes = Buffer.byteLength(JSON.stringify([instance.state, instance.frame]));
    if (instance.state_bytes + bytes > STATE_BYTES_MAX) return false;
  }
  instance.state_bytes += bytes;
  let at: Place | null = place;
  while (at !== null && at.frame.delta === null) at = at.above;
  if (at === null) instance.state = { ...instance.state, ...patch };
  else at.frame.delta = { ...at.frame.delta, ...patch };
  return true;
}

/** Counts what the instance holds beside its state from now on. */
export function hold({ instance }: Run, held: unknown): void {
  instance.held_bytes += Buffer.byteLength(JSON.stringify(held));
}

/** True when it holds so much already that no further step may begin. */
export function holdsTooMuch({ instance }: Run): boolean {
  if (instance.held_bytes <= HELD_BYTES_MAX) return false;
  // The sum forgets nothing that is over: look again before a step is refused.
  instance.held_bytes = Buffer.byteLength(JSON.stringify([instance.frame, instance.done]));
  return instance.held_bytes > HELD_BYTES_MAX;
}

/** Adds a line to the timeline. */
export function note(
  run: Run,
  place: Place | null,
  line: Pick<StepRecord, 'what'> & Partial<Pick<StepRecord, 'by' | 'detail'>>,
): void {
  const { nowMs } = run.host;
  run.records.push({
    at_ms: nowMs,
    visit: place?.frame.visit ?? 0,
    step: place === null ? '' : pathOf(place),
    what: line.what,
    attempt: place?.frame.attempt ?? 0,
    took_ms: place === null ? 0 : Math.max(0, nowMs - place.frame.began_ms),
    by: line.by ?? null,
    detail: line.detail?.slice(0, TEXT_CHARS_MAX) ?? null,
  });
}

/** An error at a place. */
export function errorAt(place: Place, error: { code: string; message: string }): StepError {
  return { code: error.code, message: error.message.slice(0, TEXT_CHARS_MAX), step: pathOf(place) };
}

/**
 * The name of the calls of a step, as a UUID: whoever is called tells a repeat by it. It follows from the place of the
 * step, rounds and all, and not from when it was begun: an instance that is put back to an earlier moment finds the same
 * names, whichever of its branches is the faster one then.
 */
export function callKey({ instance }: Run, place: Place): string {
  const position = `${pathOf(place)} ${roundsAt(place).join(' ')}`;
  return uuidV8(sha256(`holdfast-workflow-call-v1\n${instance.instance_id}\n${position}`));
}

/** The name of the call that undoes another one: the same however often it is tried, by whom, and after what. */
export function undoKey({ key }: Pick<Undoable, 'key'>): string {
  return uuidV8(sha256(`holdfast-workflow-undo-v1\n${key}`));
}

/** The rounds of the loops and the items of the branches in which a place is, the outermost first. */
function roundsAt({ frame, above }: Place): Json[] {
  const { index } = frame.locals;
  const outer = above === null ? [] : roundsAt(above);
  return index === undefined ? outer : [...outer, index];
}

/** A new id for an instance. */
export function newInstanceId({ host }: Run): string {
  return uuidV7({ clock: { nowMs: () => host.nowMs, monotonicMs: () => 0 }, random: host.random });
}

/** What an evaluation that gave no value means for a step. */
export function faultError(place: Place, { fault, what }: EvaluationFault): StepError {
  const code = fault === 'missing' ? 'input_missing' : fault;
  return errorAt(place, { code, message: `${what}: ${fault.replaceAll('_', ' ')}` });
}
