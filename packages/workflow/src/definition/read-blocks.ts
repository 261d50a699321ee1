/** Reads steps that hold steps: branches beside each other, and loops. */
import { LIMITS } from '@holdfast/base';
import { everyStep } from './blocks.ts';
import type { FunctionStep, LoopStep, MergeConflict, ParallelStep, Step } from './model.ts';
import { END } from './model.ts';
import { booleanOf, itemsOf, type MapNode, memberOf, numberOf, type Text, textOf } from './node.ts';
import { mark, readFunction } from './read-acting.ts';
import { readBase, stepOf } from './read-base.ts';
import { choiceOf, needs, pathText, pick, type StepReading } from './reading.ts';
import { outputOf } from './state.ts';

type Merge = { merge: ParallelStep['merge']; conflict?: MergeConflict };

const STRATEGIES: Readonly<Record<string, Merge>> = {
  SHALLOW: { merge: 'shallow' },
  DEEP: { merge: 'deep' },
  APPEND: { merge: 'append' },
  REPLACE: { merge: 'shallow', conflict: 'last' },
  OVERWRITE_EXISTING: { merge: 'shallow', conflict: 'last' },
  PRESERVE_EXISTING: { merge: 'shallow', conflict: 'first' },
};

const CONFLICTS: Readonly<Record<string, MergeConflict>> = {
  RAISE_ERROR: 'error',
  PREFER_NEW: 'last',
  PREFER_EXISTING: 'first',
  PREFER_OLD: 'first',
};

const ITEM = 'item';
/** Names that expressions use themselves. */
const RESERVED: ReadonlySet<string> = new Set(
  'state now index signal secrets true false null True False None and or not in has'.split(' '),
);

/** A step that runs branches beside each other. */
export function readParallel(map: MapNode, reading: StepReading): ParallelStep {
  const base = readBase(map, reading);
  const { merge, conflict } = choiceOf(map, 'merge_strategy', STRATEGIES) ?? { merge: 'shallow' };
  const branches = readBranches(map, reading);
  const step = stepOf<ParallelStep>(
    base,
    {
      type: 'PARALLEL',
      branches,
      merge,
      conflict: choiceOf(map, 'merge_conflict_behavior', CONFLICTS) ?? conflict ?? 'error',
      allow_partial: booleanOf(map, 'allow_partial_success') ?? false,
    },
    reading,
  );
  const canConflict = step.conflict === 'error' && merge !== 'append';
  if (branches.kind === 'each' && canConflict && mayWrite(branches.steps, reading)) {
    const message =
      'Every branch writes the same fields, so two items fail: say "merge_conflict_behavior" or APPEND.';
    reading.problems.warn(map.at, 'merge_conflict', message);
  }
  return step;
}

/** Whether a field of the state may come of the steps; that of a module is known when it answers. */
function mayWrite(steps: readonly Step[], reading: StepReading): boolean {
  for (const { step } of everyStep(steps))
    if (step.type === 'WASM' || Object.keys(outputOf(step, reading)).length > 0) return true;
  return false;
}

function readBranches(map: MapNode, reading: StepReading): ParallelStep['branches'] {
  const found = pick(map, ['branches', 'tasks', 'iterate_over'], reading);
  if (found?.key === 'iterate_over') return readEach(map, reading);
  for (const key of ['steps', 'task_function', 'item_var_name', 'batch_size']) {
    const entry = map.entries.get(key);
    if (entry !== undefined) {
      reading.problems.error(entry.keyAt, 'conflicting_keys', `"${key}" goes with "iterate_over": add it.`);
    }
  }
  if (found === undefined) needs(map, 'branches', reading);
  const items = found === undefined ? [] : itemsOf(map, found.key);
  const branches = items.flatMap((item) => {
    const name = item.kind === 'map' ? textOf(item, 'name') : undefined;
    if (item.kind !== 'map' || name === undefined) return [];
    const branch = {
      name: name.text,
      steps: found?.key === 'tasks' ? [taskOf(item, reading)] : stepsOf(item, reading),
    };
    mark(reading, branch, { name });
    reading.places.mark(branch, '', item);
    return [branch];
  });
  if (found?.node.kind === 'list' && items.length === 0) needs(map, found.key, reading);
  return { kind: 'named', branches };
}

function stepsOf(item: MapNode, reading: StepReading): Step[] {
  return reading.readSteps(itemsOf(item, 'steps'), { locals: reading.locals, following: END });
}

/** A task is a branch of one function; the branch and the step have its name. */
function taskOf(item: MapNode, reading: StepReading): FunctionStep {
  const path = item.entries.get('function_path');
  const entries = new Map(item.entries);
  entries.delete('function_path');
  if (path !== undefined) entries.set('function', path);
  return readFunction({ ...item, entries }, { ...reading, following: END });
}

function readEach(map: MapNode, reading: StepReading): ParallelStep['branches'] {
  const { over, item } = readItem(map, reading);
  const locals = [...reading.locals, item];
  const task = textOf(map, 'task_function');
  const size = numberOf(map, 'batch_size') ?? 0;
  const at_once = size === 0 ? LIMITS.workflowBranchesMax : size;
  const found = pick(map, ['task_function', 'steps'], reading);
  if (found === undefined) needs(map, 'task_function', reading);
  const steps =
    task === undefined
      ? reading.readSteps(itemsOf(map, 'steps'), { locals, following: END })
      : [eachTask(map, task, { ...reading, locals, following: END })];
  const branches = { kind: 'each', over: over.text, item, at_once, steps } satisfies ParallelStep['branches'];
  mark(reading, branches, { over });
  return branches;
}

/** The one step of a branch for an item; it is called like its function. */
function eachTask(map: MapNode, task: Text, reading: StepReading): FunctionStep {
  const name = {
    kind: 'scalar',
    at: task.node.at,
    value: lastPart(task.text),
    source: '',
    textAt: null,
  } as const;
  const entries = new Map([
    ['name', { keyAt: task.node.at, value: name }],
    ['function', { keyAt: task.node.at, value: task.node }],
  ]);
  return readFunction({ kind: 'map', at: map.at, entries }, reading);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replace(/^_+/, '') || ITEM;
}

/** The list and the variable of a step that goes through a list. */
function readItem(map: MapNode, reading: StepReading): { over: Text; item: string } {
  const node = { kind: 'scalar', at: map.at, value: '[]', source: '[]', textAt: null } as const;
  const over = textOf(map, 'iterate_over') ?? { text: '[]', node };
  const named = textOf(map, 'item_var_name');
  const item = named?.text ?? ITEM;
  if (RESERVED.has(item) || reading.locals.includes(item)) {
    const place = named?.node ?? map;
    const message = `"${item}" is taken already: choose another "item_var_name".`;
    reading.problems.error(place.at, 'wrong_name', message);
  }
  return { over: pathText(over, reading.locals), item };
}

/** A step that runs its body again and again. */
export function readLoop(map: MapNode, reading: StepReading): LoopStep {
  const base = readBase(map, reading);
  const { problems } = reading;
  const condition = textOf(map, 'while_condition');
  const isWhile = (textOf(map, 'mode')?.text ?? (condition === undefined ? 'ITERATE' : 'WHILE')) === 'WHILE';
  const needed = isWhile ? 'while_condition' : 'iterate_over';
  const other = map.entries.get(isWhile ? 'iterate_over' : 'while_condition');
  if (memberOf(map, needed) === undefined) needs(map, needed, reading);
  if (other !== undefined) {
    const message = 'A loop goes over a list or has a condition, not both: keep one.';
    problems.error(other.keyAt, 'conflicting_keys', message);
  }
  if (numberOf(map, 'max_iterations') === undefined && memberOf(map, 'max_iterations') === undefined) {
    const message = 'A loop must end: add "max_iterations", the most rounds there can be.';
    problems.error(map.at, 'unbounded_loop', message);
  }
  const { mode, locals } = isWhile ? readWhile(condition, reading) : readIterate(map, reading);
  const steps = reading.readSteps(itemsOf(map, 'loop_body'), { locals, following: END });
  const max_iterations = numberOf(map, 'max_iterations') ?? 1;
  return stepOf<LoopStep>(base, { type: 'LOOP', mode, max_iterations, steps }, reading);
}

type Mode = { mode: LoopStep['mode']; locals: readonly string[] };

function readWhile(condition: Text | undefined, reading: StepReading): Mode {
  const mode = { kind: 'while', condition: condition?.text ?? 'false' } as const;
  mark(reading, mode, { condition });
  return { mode, locals: reading.locals };
}

function readIterate(map: MapNode, reading: StepReading): Mode {
  const { over, item } = readItem(map, reading);
  const mode = { kind: 'iterate', over: over.text, item } as const;
  mark(reading, mode, { over });
  return { mode, locals: [...reading.locals, item] };
}
