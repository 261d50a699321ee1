/** `holdfast workflow cancel`, `pause`, `resume`, `redrive` and `skip`: what changes the course of a workflow. */
import type { WorkflowClient } from '@holdfast/client';
import type { WorkflowRow } from '@holdfast/protocol';
import { type Command, defineCommand } from '../command.ts';
import type { Shell } from '../shell/shell.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { jsonArg } from '../workflow/json-arg.ts';
import { statusText } from '../workflow/render-workflow.ts';

const ID = { type: 'positional', required: true, description: 'Of the instance' } as const;
const REASON = {
  type: 'string',
  required: true,
  description: 'Why, for the timeline',
  valueHint: 'TEXT',
} as const;

export const workflowPause = plain({
  action: 'pause',
  summary: 'Pauses a workflow: it begins no further step until it is resumed.',
  meaning: 'hold it where it is',
});

export const workflowResume = plain({
  action: 'resume',
  summary: 'Lets a paused workflow go on.',
  meaning: 'let it go on',
});

export const workflowCancel = reasoned({
  action: 'cancel',
  summary: 'Cancels a workflow: waits for what it has called, then undoes what it has done.',
  example: ['The guest has left', 'end it'],
});

export const workflowRedrive = reasoned({
  action: 'redrive',
  summary: 'Tries again what failed, what is parked, or what could not be undone.',
  example: ['There is paper again', 'try again from the step that failed'],
});

export const workflowSkip = defineCommand({
  name: 'workflow skip',
  summary: 'Takes a step for done: one that is parked, or waits.',
  details: '`holdfast workflow show` says at which step the workflow stands.',
  examples: [
    ['holdfast workflow skip ID Charge --reason "Seen on the slip"', 'the call did happen'],
    [
      `holdfast workflow skip ID Charge --output '{"approval_code": "A1"}' --reason "By phone"`,
      'with what the step would have answered',
    ],
  ],
  args: {
    id: ID,
    step: { type: 'positional', required: true, description: 'Where it stands, such as Fan/left/Charge' },
    output: {
      type: 'string',
      description: 'Goes into the state: a JSON object, or @FILE',
      valueHint: 'JSON',
    },
    reason: REASON,
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const output = await jsonArg(args.output, { flag: '--output', cwd: shell.cwd });
    const { workflows } = await openEdge(args, shell);
    return answer(await workflows.skip(args.id, { step: args.step, output, reason: args.reason }), shell);
  },
});

function plain(spec: {
  action: keyof Pick<WorkflowClient, 'pause' | 'resume'>;
  summary: string;
  meaning: string;
}): Command {
  const { action, summary, meaning } = spec;
  return defineCommand({
    name: `workflow ${action}`,
    summary,
    examples: [[`holdfast workflow ${action} ID`, meaning]],
    args: { id: ID, ...TARGET_ARGS },
    async run(args, shell) {
      const { workflows } = await openEdge(args, shell);
      return answer(await workflows[action](args.id), shell);
    },
  });
}

function reasoned(spec: {
  action: keyof Pick<WorkflowClient, 'cancel' | 'redrive'>;
  summary: string;
  example: readonly [reason: string, meaning: string];
}): Command {
  const { action, summary, example } = spec;
  return defineCommand({
    name: `workflow ${action}`,
    summary,
    examples: [[`holdfast workflow ${action} ID --reason "${example[0]}"`, example[1]]],
    args: { id: ID, reason: REASON, ...TARGET_ARGS },
    async run(args, shell) {
      const { workflows } = await openEdge(args, shell);
      return answer(await workflows[action](args.id, args.reason), shell);
    },
  });
}

function answer(row: WorkflowRow, { paint }: Shell) {
  const at = row.step === '' ? '' : ` at ${row.step}`;
  return {
    text: `${row.workflow_type} ${row.instance_id} is ${statusText(row.status, paint)}${at}.`,
    json: row,
  };
}
