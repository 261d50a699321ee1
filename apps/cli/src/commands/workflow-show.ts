/** `holdfast workflow show`. */
import type { EdgeClient } from '@holdfast/client';
import { LinkError } from '@holdfast/client';
import type { WorkflowDetail } from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import type { Shell } from '../shell/shell.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import {
  hasEnded,
  renderFacts,
  renderLine,
  renderWorkflow,
  statusText,
} from '../workflow/render-workflow.ts';

export const workflowShow = defineCommand({
  name: 'workflow show',
  summary: 'Shows a workflow: where it stands, what it waits for, and its timeline.',
  details:
    'With --watch the lines of the timeline come as they happen, until the workflow has ended; an edge that is started anew\nmeanwhile is waited for.',
  examples: [
    ['holdfast workflow show ID', 'as it is now'],
    ['holdfast workflow show ID --watch', 'until it has ended'],
    ['holdfast workflow show ID --json', 'with its state, for a script'],
  ],
  args: {
    id: { type: 'positional', required: true, description: 'Of the instance' },
    watch: { type: 'boolean', description: 'Follow it until it has ended' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const edge = await openEdge(args, shell);
    const first = await edge.workflows.show(args.id);
    const look = { paint: shell.paint, nowMs: shell.ports.clock.nowMs() };
    if (args.watch !== true) return { text: renderWorkflow(first, look), json: first };
    const isForPeople = args.json !== true;
    if (isForPeople) shell.print(`${renderFacts(first, look)}\n`);
    const last = await follow(first, { edge, shell, isForPeople });
    return { text: `The workflow has ended: ${statusText(last.status, shell.paint)}.`, json: last };
  },
});

/** The time between two looks. */
const LOOK_MS = 500;

async function follow(
  first: WorkflowDetail,
  { edge, shell, isForPeople }: { edge: EdgeClient; shell: Shell; isForPeople: boolean },
): Promise<WorkflowDetail> {
  let detail = first;
  let told = 0;
  for (;;) {
    const total = detail.timeline_before + detail.timeline.length;
    for (const line of detail.timeline.slice(detail.timeline.length - (total - told)))
      if (isForPeople) shell.print(renderLine(line, detail));
    told = total;
    if (hasEnded(detail)) return detail;
    await shell.ports.timers.sleep(LOOK_MS);
    detail = (await lookAgain(edge, detail.instance_id)) ?? detail;
  }
}

/** Undefined while the edge does not answer: it may be starting. */
async function lookAgain(edge: EdgeClient, instanceId: string): Promise<WorkflowDetail | undefined> {
  try {
    return await edge.workflows.show(instanceId);
  } catch (error) {
    if (error instanceof LinkError) return undefined;
    throw error;
  }
}
