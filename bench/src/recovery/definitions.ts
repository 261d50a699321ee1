/** Workflows that are open when their process is killed: each kind waits for something else, and ends soon after. */
import type { JsonObject } from '@holdfast/workflow';

/** A call is under way; a time comes while nothing runs; a person is asked, who does not answer. */
export type OpenKind = 'call' | 'timer' | 'signal';

/** Of ten open workflows, how many are of a kind. Those that wait for a person have no turn. */
const SHARES = { call: 4, timer: 4, signal: 2 } as const satisfies Record<OpenKind, number>;

/** How many of `count` workflows are of a kind; `count` is a multiple of ten. */
export function countOf(kind: OpenKind, count: number): number {
  return (count / 10) * SHARES[kind];
}

/** How many of `count` workflows go on when a process is started anew, and complete. */
export function turnsOf(count: number): number {
  return countOf('call', count) + countOf('timer', count);
}

/** The text of the definition of a kind, and its name. */
export const DEFINITIONS: Readonly<Record<OpenKind, { text: string; workflowType: string }>> = {
  call: {
    text: `
workflow_type: Calling
state: { amount: money, currency: string, card_token: string }
steps:
  - name: Verify_Pin
  - name: Approve_Offline
`,
    workflowType: 'Calling',
  },
  timer: {
    text: `
workflow_type: Timed
state: { amount: money, currency: string, due_at: timestamp }
steps:
  - { name: Wait, type: WAIT, until: state.due_at }
  - name: Approve_Offline
`,
    workflowType: 'Timed',
  },
  signal: {
    text: `
workflow_type: Asking
state: { amount: money, currency: string }
steps:
  - { name: Review, type: HUMAN_IN_LOOP }
  - name: Approve_Offline
`,
    workflowType: 'Asking',
  },
};

/** What a workflow of a kind is started with; its time, if it has one, comes at `dueMs` since the epoch. */
export function inputOf(kind: OpenKind, dueMs: number): JsonObject {
  const input = { amount: '20.00', currency: 'SEK' };
  if (kind === 'call') return { ...input, card_token: 'tok-1' };
  return kind === 'timer' ? { ...input, due_at: new Date(dueMs).toISOString() } : input;
}
