/** A workflow for people: its facts, where it stands, and its timeline. */
import type { WorkflowDetail, WorkflowLine, WorkflowStanding, WorkflowStatus } from '@holdfast/protocol';
import type { Paint } from '../shell/shell.ts';
import { age, columns, span, table } from '../text.ts';

/** Statuses after which nothing goes on by itself. */
const ENDED: readonly WorkflowStatus[] = [
  'completed',
  'failed',
  'compensated',
  'compensation_failed',
  'cancelled',
];

export function hasEnded({ status }: { status: WorkflowStatus }): boolean {
  return ENDED.includes(status);
}

/** The status in words, in the colour of what it asks for. */
export function statusText(status: WorkflowStatus, paint: Paint): string {
  const text = status.replaceAll('_', ' ');
  if (status === 'completed') return paint.green(text);
  if (status === 'failed' || status === 'parked' || status === 'compensation_failed') return paint.red(text);
  return status === 'running' || status === 'cancelled' ? text : paint.yellow(text);
}

/** All of it. Ages are counted by `nowMs`. */
export function renderWorkflow(detail: WorkflowDetail, of: { paint: Paint; nowMs: number }): string {
  return [renderFacts(detail, of), '', renderTimeline(detail, detail.timeline)].join('\n');
}

/** What stands above the timeline. */
export function renderFacts(
  detail: WorkflowDetail,
  { paint, nowMs }: { paint: Paint; nowMs: number },
): string {
  const version = detail.version === null ? '' : `${detail.version}, `;
  const isOld = detail.is_current_definition ? '' : ', not the current one';
  const rows = [
    ['Workflow', `${paint.bold(detail.workflow_type)} ${detail.instance_id}`],
    ['Status', `${statusText(detail.status, paint)} since ${age(detail.updated_at, nowMs)}`],
    ...(detail.business_key === null ? [] : [['Key', detail.business_key]]),
    ['Definition', `${version}${detail.definition_hash.slice(0, 12)}${isOld}`],
    ['Started', `${detail.created_at}, ${age(detail.created_at, nowMs)} ago`],
    ...(detail.deadline_at === null ? [] : [['Deadline', detail.deadline_at]]),
    ...(detail.parent_id === null ? [] : [['Started by', detail.parent_id]]),
    ...detail.standing.flatMap((standing) => standingRows(standing, { detail, nowMs })),
    ...(detail.error === null ? [] : [[paint.red('Error'), errorText(detail.error)]]),
    ...detail.not_undone.map(({ step, error }) => [
      paint.red('Not undone'),
      `${step}: ${error.code}: ${error.message}`,
    ]),
    ['State', JSON.stringify(detail.state)],
  ];
  return columns(rows);
}

function errorText({ code, message, step }: { code: string; message: string; step: string }): string {
  return `${step === '' ? '' : `${step}: `}${code}: ${message}`;
}

const DOINGS = {
  about_to_run: 'is about to run',
  calling: 'waits for the answer to its call',
  asking: 'asks what became of its call',
  trying_again: 'is tried again',
  waiting_for_time: 'waits',
  waiting_for_signal: 'waits for a signal',
  waiting_for_workflow: 'waits for another workflow',
  parked: 'waits for a person to say what became of its call',
  failed: 'has failed',
} as const satisfies Record<WorkflowStanding['doing'], string>;

function standingRows(
  standing: WorkflowStanding,
  { detail, nowMs }: { detail: WorkflowDetail; nowMs: number },
): string[][] {
  const { step, doing, undoing, due_at, signal, child_id, error } = standing;
  const due = due_at === null ? '' : `, in ${span(Math.max(0, Date.parse(due_at) - nowMs))} at the latest`;
  const rows = [['Stands at', `${step} ${undoing ? 'is being undone: it ' : ''}${DOINGS[doing]}${due}`]];
  if (error !== null) rows.push(['', errorText(error)]);
  if (child_id !== null) rows.push(['', `holdfast workflow show ${child_id}`]);
  if (signal !== null) {
    const who = signal.role === null ? 'a program' : `a ${signal.role}`;
    const fields = signal.fields.map(
      ({ name, type, optional }) => `"${name}": ${type}${optional ? '?' : ''}`,
    );
    rows.push(['', `${signal.prompt ?? signal.signal} (asks ${who})`]);
    rows.push([
      '',
      `holdfast workflow signal ${detail.instance_id} ${signal.signal} --data '{${fields.join(', ')}}'`,
    ]);
  }
  if (doing === 'parked') {
    rows.push(['', `holdfast workflow redrive ${detail.instance_id} --reason TEXT`]);
    rows.push(['', `holdfast workflow skip ${detail.instance_id} ${step} --reason TEXT`]);
  }
  return rows;
}

const HEADING = ['After', 'Step', 'What', 'Try', 'Took', 'By', 'Detail'];

/** A table of lines, of which `timeline_before` more stand before. */
function renderTimeline(detail: WorkflowDetail, lines: readonly WorkflowLine[]): string {
  const before = detail.timeline_before === 0 ? '' : `… ${detail.timeline_before} lines before\n`;
  if (lines.length === 0) return `${before}Nothing has happened yet.`;
  const rows = lines.map((line) => lineCells(line, Date.parse(detail.created_at)));
  return `${before}${table(HEADING, rows, [0, 3, 4])}`;
}

/** A line of the timeline by itself, for whoever follows. */
export function renderLine(line: WorkflowLine, detail: WorkflowDetail): string {
  const [after, ...cells] = lineCells(line, Date.parse(detail.created_at));
  return [`+${after}`, ...cells.filter((cell) => cell !== '')].join('  ');
}

function lineCells(line: WorkflowLine, createdMs: number): string[] {
  return [
    span(Math.max(0, Date.parse(line.at) - createdMs)),
    line.step,
    line.what.replaceAll('_', ' '),
    line.attempt > 1 ? String(line.attempt) : '',
    line.step === '' ? '' : span(line.took_ms),
    line.by ?? '',
    line.detail ?? '',
  ];
}
