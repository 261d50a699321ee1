/** Checks how steps lead to each other: every target is there, every step can be reached, and nothing goes round. */
import { blocksBelow } from './blocks.ts';
import { type Definition, END, type Step } from './model.ts';
import type { Places } from './places.ts';
import type { Problems } from './problems.ts';

/** A way out of a step; `owner[member]` is where it is written. */
type Way = { target: string; owner: object; member: string };

type Checking = { problems: Problems; places: Places; everywhere: ReadonlySet<string> };

/** Reports what is wrong with names and targets, block by block. */
export function checkGraph({ steps }: Definition, of: { problems: Problems; places: Places }): void {
  checkBlock(steps, '', { ...of, everywhere: new Set(namesOf(steps, '')) });
}

/** Where a step may go next. */
export function waysOf(step: Step): Way[] {
  const ways: Way[] = [];
  if (step.type === 'DECISION') {
    ways.push(...step.routes.map((route) => ({ target: route.target, owner: route, member: 'target' })));
    if (step.default_target !== null)
      ways.push({ target: step.default_target, owner: step, member: 'default_target' });
  } else {
    ways.push({ target: step.next, owner: step, member: 'next' });
  }
  if (step.on_failure !== null) ways.push({ target: step.on_failure, owner: step, member: 'on_failure' });
  if (step.type === 'HUMAN_IN_LOOP' && step.on_timeout !== null) {
    ways.push({ target: step.on_timeout, owner: step, member: 'on_timeout' });
  }
  return ways;
}

function namesOf(steps: readonly Step[], path: string): string[] {
  return steps.flatMap((step) => [
    step.name,
    ...blocksBelow(step, path).flatMap((block) => namesOf(block.steps, block.path)),
  ]);
}

function checkBlock(steps: readonly Step[], path: string, checking: Checking): void {
  const { problems, places } = checking;
  const known = new Map<string, Step>();
  const isNamed = (step: Step) => step.name !== END && known.get(step.name) === undefined;
  let areNamed = true;
  for (const step of steps) {
    const at = places.at(step, 'name');
    if (isNamed(step)) {
      known.set(step.name, step);
      continue;
    }
    areNamed = false;
    const message =
      step.name === END
        ? 'END ends a block: choose another name for the step.'
        : `There are two steps called "${step.name}": rename one.`;
    problems.error(at, step.name === END ? 'reserved_name' : 'duplicate_step', message);
  }
  const hasTargets = steps.map((step) => checkTargets(step, known, checking)).every(Boolean);
  if (areNamed && hasTargets) checkOrder(steps, known, checking);
  for (const step of steps) {
    const blocks = blocksBelow(step, path);
    checkBranches(step, checking);
    for (const block of blocks) checkBlock(block.steps, block.path, checking);
  }
}

function checkTargets(step: Step, known: ReadonlyMap<string, Step>, checking: Checking): boolean {
  const { problems, places, everywhere } = checking;
  let isFine = true;
  for (const { target, owner, member } of waysOf(step)) {
    if (target === END || known.has(target)) continue;
    isFine = false;
    const hint = problems.hint(target, known.keys());
    const why = everywhere.has(target)
      ? `"${target}" is in another block: a step goes to steps of its own branch or loop only.`
      : `There is no step called "${target}": add it, or write END.${hint}`;
    problems.error(places.at(owner, member), 'unknown_target', why);
  }
  return isFine;
}

function checkBranches(step: Step, { problems, places }: Checking): void {
  if (step.type !== 'PARALLEL' || step.branches.kind !== 'named') return;
  const names = new Set<string>();
  for (const branch of step.branches.branches) {
    if (names.has(branch.name)) {
      const message = `There are two branches called "${branch.name}": rename one.`;
      problems.error(places.at(branch, 'name'), 'duplicate_branch', message);
    }
    names.add(branch.name);
  }
}

/** Walks the ways from the first step: what is not met is unreachable, and a way back to a step on the way is a cycle. */
function checkOrder(
  steps: readonly Step[],
  known: ReadonlyMap<string, Step>,
  { problems, places }: Checking,
): void {
  const [first] = steps;
  if (first === undefined) return;
  const done = new Set<Step>();
  const open = new Set<Step>([first]);
  const stack = [{ step: first, ways: waysOf(first) }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const way = top.ways.shift();
    if (way === undefined) {
      open.delete(top.step);
      done.add(top.step);
      stack.pop();
      continue;
    }
    const next = known.get(way.target);
    if (next === undefined || done.has(next)) continue;
    if (open.has(next)) {
      const message = `This goes back to "${next.name}", and so round for ever: use a LOOP, which is bounded.`;
      problems.error(places.at(way.owner, way.member), 'cycle', message);
    } else {
      open.add(next);
      stack.push({ step: next, ways: waysOf(next) });
    }
  }
  for (const step of new Set(steps)) {
    if (done.has(step)) continue;
    const message = `No way leads to "${step.name}": let a route or "next" go to it, or remove it.`;
    problems.error(places.at(step, 'name'), 'unreachable_step', message);
  }
}
