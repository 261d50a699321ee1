/** `holdfast workflow list`. */
import { LIMITS } from '@holdfast/base';
import { WORKFLOW_STATUSES, type WorkflowList, type WorkflowStatus } from '@holdfast/protocol';
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import type { Paint } from '../shell/shell.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { age, table } from '../text.ts';
import { statusText } from '../workflow/render-workflow.ts';

export const workflowList = defineCommand({
  name: 'workflow list',
  summary: 'Shows the workflows of the edge, those that were updated last first.',
  details: `A status is one of ${WORKFLOW_STATUSES.join(', ')}.`,
  examples: [
    ['holdfast workflow list', 'the newest twenty'],
    ['holdfast workflow list --status failed,parked,compensation_failed', 'what a person must look at'],
    ['holdfast workflow list --key order-17', 'the workflow of an order'],
  ],
  args: {
    status: {
      type: 'string',
      description: 'One status, or several with commas between',
      valueHint: 'STATUS',
    },
    type: { type: 'string', description: 'Of one type alone' },
    key: { type: 'string', description: 'With this business key' },
    definition: { type: 'string', description: 'Of the definition with this hash', valueHint: 'HASH' },
    'updated-before': { type: 'string', description: 'Not updated since this instant', valueHint: 'INSTANT' },
    limit: { type: 'string', default: '20', description: 'How many to list', valueHint: 'N' },
    cursor: { type: 'string', description: 'Go on where a page ended: its next_cursor' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const limit = Number(args.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.pageRowsMax)
      throw usage(`--limit is a whole number from 1 to ${LIMITS.pageRowsMax}.`);
    const edge = await openEdge(args, shell);
    const listed = await edge.workflows.list({
      status: args.status === undefined ? undefined : statusesOf(args.status),
      type: args.type,
      business_key: args.key,
      definition_hash: args.definition,
      updated_before: args['updated-before'] === undefined ? undefined : instantOf(args['updated-before']),
      limit,
      cursor: args.cursor,
    });
    const text = renderList(listed, { paint: shell.paint, nowMs: shell.ports.clock.nowMs() });
    return { text, json: listed };
  },
});

function statusesOf(text: string): WorkflowStatus[] {
  return text.split(',').map((word) => {
    const status = WORKFLOW_STATUSES.find((known) => known === word.trim());
    if (status === undefined) throw usage(`A status is one of ${WORKFLOW_STATUSES.join(', ')}.`);
    return status;
  });
}

function instantOf(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw usage('--updated-before is an instant such as 2026-01-31T12:00:00Z.');
  return new Date(ms).toISOString();
}

function renderList(
  { workflows, open, next_cursor }: WorkflowList,
  { paint, nowMs }: { paint: Paint; nowMs: number },
): string {
  const counts = open.map(({ status, count }) => `${count} ${status.replaceAll('_', ' ')}`);
  const summary = counts.length === 0 ? 'Nothing is open.' : `Open: ${counts.join(', ')}.`;
  if (workflows.length === 0) return `${summary}\n\nNo workflow is listed.`;
  const rows = workflows.map((row) => [
    statusText(row.status, paint),
    row.workflow_type,
    row.business_key ?? '',
    row.error === null ? row.step : `${row.error.step} ${row.error.code}`.trim(),
    age(row.updated_at, nowMs),
    row.instance_id,
  ]);
  const heading = ['Status', 'Workflow', 'Key', 'Stands at', 'Since', 'Instance'];
  const more = next_cursor === null ? '' : '\n… and more: --limit N';
  return `${summary}\n\n${table(heading, rows)}${more}`;
}
