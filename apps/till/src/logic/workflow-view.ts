/** What a status of a workflow means to the person who looks: its tone, and the filter it is found under. */
import type { WorkflowStatus } from '@holdfast/protocol';

type Status = ReturnType<(typeof WorkflowStatus)['parse']>;

/** `act` wants somebody now. */
export type Tone = 'calm' | 'waiting' | 'arrived' | 'act';

export const TONES = {
  running: 'calm',
  waiting: 'waiting',
  parked: 'act',
  paused: 'waiting',
  compensating: 'waiting',
  completed: 'arrived',
  failed: 'act',
  compensated: 'calm',
  compensation_failed: 'act',
  cancelled: 'calm',
} as const satisfies Record<Status, Tone>;

/** The filters of the list, each with the statuses it shows; `all` narrows nothing. */
export const FILTERS = {
  all: [],
  act: ['parked', 'failed', 'compensation_failed'],
  open: ['running', 'waiting', 'paused', 'compensating'],
  ended: ['completed', 'compensated', 'cancelled'],
} as const satisfies Record<string, readonly Status[]>;

export type Filter = keyof typeof FILTERS;
export const FILTER_NAMES = ['all', 'act', 'open', 'ended'] as const satisfies readonly Filter[];

/** True when nothing goes on by itself any more. */
export function hasEnded(status: Status): boolean {
  return ENDED.includes(status);
}

const ENDED: readonly Status[] = ['completed', 'failed', 'compensated', 'compensation_failed', 'cancelled'];
