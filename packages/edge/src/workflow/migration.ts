/** Whether an instance can go on by another definition of its workflow. */
import {
  checkFields,
  END,
  type Frame,
  type Instance,
  type JsonObject,
  type Program,
  type Step,
  type StepType,
  walk,
} from '@holdfast/workflow';

/** Why it cannot, as the end of a sentence; undefined when it can. */
export function misfitOf(instance: Instance, program: Program): string | undefined {
  const { definition } = program;
  if (definition.workflow_type !== instance.workflow_type)
    return `the definition is one of ${definition.workflow_type}`;
  if (instance.unwinding !== null || instance.stopping !== null) return 'it is on its way to its end';
  for (const frame of walk(instance)) {
    const misfit = misfitAt(frame, program);
    if (misfit !== undefined) return misfit;
  }
  return misfitOfState(instance, program);
}

/** Steps that an instance may stand in the middle of, by what it is doing there; any step where this says nothing. */
const TYPES: Readonly<Partial<Record<Frame['phase']['kind'], readonly StepType[]>>> = {
  timer: ['WAIT'],
  signal: ['HUMAN_IN_LOOP'],
  signalled: ['HUMAN_IN_LOOP'],
  child: ['SUB_WORKFLOW'],
  child_ended: ['SUB_WORKFLOW'],
  inside: ['LOOP', 'PARALLEL'],
};

function misfitAt({ block, at, phase, below }: Frame, { blocks }: Program): string | undefined {
  const path = block === '' ? at : `${block}/${at}`;
  const step = blocks.get(block)?.steps.get(at);
  if (at === END) return undefined;
  if (step === undefined) return `the definition has no step ${path}`;
  if (phase.kind === 'calling' || phase.kind === 'answered') return `a call of the step ${path} is under way`;
  const types = TYPES[phase.kind];
  const isOther = types !== undefined && !types.includes(step.type);
  if (isOther || (phase.kind === 'inside' && !below.every((frame) => isBelow(frame, step))))
    return `the step ${path} is of another type`;
  const lost = below.find((frame) => !blocks.has(frame.block));
  return lost === undefined ? undefined : `the definition has no steps ${lost.block}`;
}

/** Whether a step would have begun such a round or branch: its rounds write through, and know the item they are for. */
function isBelow({ delta, locals }: Frame, step: Step): boolean {
  if (step.type === 'LOOP')
    return delta === null && (step.mode.kind === 'iterate' ? step.mode.item in locals : !hasItem(locals));
  if (step.type !== 'PARALLEL' || delta === null) return false;
  return step.branches.kind === 'each' ? step.branches.item in locals : !hasItem(locals);
}

function hasItem(locals: JsonObject): boolean {
  return Object.keys(locals).some((name) => name !== 'index');
}

function misfitOfState(instance: Instance, { definition }: Program): string | undefined {
  const fields = Object.entries(definition.state);
  const has = (name: string) => Object.hasOwn(instance.state, name);
  const lacking = fields.find(([name, field]) => field.optional !== true && !has(name));
  if (lacking !== undefined) return `its state has no ${lacking[0]}`;
  const present = Object.fromEntries(fields.filter(([name]) => has(name)));
  const checked = checkFields(instance.state, present, { currency: instance.currency, where: 'open' });
  const [fault] = checked.ok ? [] : checked.faults;
  return fault === undefined ? undefined : `its state does not fit: ${fault.pointer}: ${fault.detail}`;
}
