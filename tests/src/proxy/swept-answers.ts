/**
 * Every answer of a hub that an edge reads, by the call of its client that asks for it, and how an edge is brought to
 * ask. A call or an answer that is not in this table fails the sweep's first test.
 */
import type { HubForDevice } from '@holdfast/client';
import type { BatchAnswer } from '@holdfast/protocol';
import type { OddAnswer } from './odd-answers.ts';
import { BATCH } from './proxied-world.ts';

/** What is cut: the hub's own answer to the request, or in its place one that was kept for the sweep. */
export type SweptAnswer = {
  name: string;
  call: keyof HubForDevice;
  /** The end of the path of the request. */
  path: string;
  kept?: OddAnswer | 'snapshot';
};

const BATCH_ANSWERS = {
  acked: { name: 'acked', call: 'sendBatch', path: BATCH },
  gap: { name: 'gap', call: 'sendBatch', path: BATCH, kept: 'gap' },
  fork: { name: 'fork', call: 'sendBatch', path: BATCH, kept: 'fork' },
  clone: { name: 'clone', call: 'sendBatch', path: BATCH, kept: 'clone' },
  invalid: { name: 'invalid', call: 'sendBatch', path: BATCH, kept: 'invalid' },
  hub_changed: { name: 'hub_changed', call: 'sendBatch', path: BATCH, kept: 'hub_changed' },
  busy: { name: 'busy', call: 'sendBatch', path: BATCH, kept: 'busy' },
} as const satisfies Record<BatchAnswer['answer'], SweptAnswer>;

/** By the client's functions, whose names are those of {@link HubForDevice}. */
export const SWEPT_CALLS = {
  probe: [{ name: 'health', call: 'probe', path: '/health' }],
  register: [
    { name: 'nonce', call: 'register', path: '/api/v1/nonce' },
    { name: 'register', call: 'register', path: '/api/v1/devices/register' },
  ],
  sendHeartbeat: [
    { name: 'heartbeat', call: 'sendHeartbeat', path: '/heartbeat' },
    { name: 'device_revoked', call: 'sendHeartbeat', path: '/heartbeat', kept: 'device_revoked' },
  ],
  readChanges: [
    { name: 'changes', call: 'readChanges', path: '/api/v1/sync/changes' },
    { name: 'snapshot', call: 'readChanges', path: '/api/v1/sync/changes', kept: 'snapshot' },
  ],
  readEntries: [{ name: 'entries', call: 'readEntries', path: '/api/v1/sync/entries' }],
  sendBatch: [
    ...Object.values(BATCH_ANSWERS),
    { name: 'clock_skew', call: 'sendBatch', path: BATCH, kept: 'clock_skew' },
  ],
} as const satisfies Record<keyof HubForDevice, readonly SweptAnswer[]>;

export const SWEPT_ANSWERS: readonly SweptAnswer[] = Object.values(SWEPT_CALLS).flat();
