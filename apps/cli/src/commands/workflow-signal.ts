/** `holdfast workflow signal`. */
import { defineCommand } from '../command.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { jsonArg } from '../workflow/json-arg.ts';
import { statusText } from '../workflow/render-workflow.ts';

export const workflowSignal = defineCommand({
  name: 'workflow signal',
  summary: 'Sends a workflow the signal that it waits for, or will wait for.',
  details: '`holdfast workflow show` says which signal it waits for, and what it carries.',
  examples: [
    [`holdfast workflow signal ID manager_approval --data '{"agreed": true}'`, 'the answer to a question'],
    ['holdfast workflow signal ID delivered', 'a signal that carries nothing'],
  ],
  args: {
    id: { type: 'positional', required: true, description: 'Of the instance' },
    signal: { type: 'positional', required: true, description: 'Its name' },
    data: { type: 'string', description: 'What it carries: a JSON object, or @FILE', valueHint: 'JSON' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const payload = await jsonArg(args.data, { flag: '--data', cwd: shell.cwd });
    const edge = await openEdge(args, shell);
    const row = await edge.workflows.signal(args.id, args.signal, payload);
    return {
      text: `${args.signal} is sent; the workflow is ${statusText(row.status, shell.paint)}.`,
      json: row,
    };
  },
});
