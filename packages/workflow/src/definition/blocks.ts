/** The blocks of a definition: the workflow itself, the branches, and the bodies of loops, each with its path. */
import type { LoopStep, ParallelStep, Step } from './model.ts';

/** A block below a step, before or after its expressions are known. */
export type InnerBlock = {
  /** As in `Program.blocks`. */
  path: string;
  steps: readonly Step[];
  /** The variable it adds, and the expression that gives the list it is of. */
  item: { name: string; over: string } | null;
  /** Whether the variable `index` counts its rounds. */
  hasIndex: boolean;
  /** Whether what it writes is gathered into lists. */
  isAppended: boolean;
};

/** The blocks right below a step that stands in the block `path`. */
export function blocksBelow(step: Step, path: string): InnerBlock[] {
  const below = path === '' ? step.name : `${path}/${step.name}`;
  if (step.type === 'LOOP') {
    return [{ path: below, steps: step.steps, item: itemOf(step.mode), hasIndex: true, isAppended: false }];
  }
  if (step.type !== 'PARALLEL') return [];
  const { branches } = step;
  const isAppended = step.merge === 'append';
  if (branches.kind === 'each') {
    return [{ path: below, steps: branches.steps, item: itemOf(branches), hasIndex: true, isAppended }];
  }
  return branches.branches.map(({ name, steps }) => {
    return { path: `${below}/${name}`, steps, item: null, hasIndex: false, isAppended };
  });
}

/** Every step below these, themselves included. */
export function* everyStep(
  steps: readonly Step[],
  around = { path: '', isAppended: false },
): Generator<{ step: Step; isAppended: boolean }> {
  for (const step of steps) {
    yield { step, isAppended: around.isAppended };
    for (const { path, steps: below, isAppended } of blocksBelow(step, around.path)) {
      yield* everyStep(below, { path, isAppended: around.isAppended || isAppended });
    }
  }
}

function itemOf(of: LoopStep['mode'] | ParallelStep['branches']): InnerBlock['item'] {
  return of.kind === 'iterate' || of.kind === 'each' ? { name: of.item, over: of.over } : null;
}
