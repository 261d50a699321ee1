/**
 * Starts workflows by the clock. The instance of a time is named by its schedule and that time, so that none is started
 * twice, whatever crashed or however the clock was moved.
 */
import { isAppError, type Ports, type Service, uuidV8 } from '@holdfast/base';
import { sha256 } from '@holdfast/crypto';
import type { Logger } from '@holdfast/runtime';
import { ENDED, type Order } from '@holdfast/workflow';
import type { StoredSchedule, WorkflowReads } from '../store/workflow-reads.ts';
import type { Writer } from '../writer/writer.ts';
import { dueTimes, queued } from './due-times.ts';

type Options = {
  reads: WorkflowReads;
  writer: Writer;
  /** Carries out an order and sees to what follows. */
  order(order: Order): Promise<unknown>;
  currency(): string;
  nowMs(): number;
  ports: Ports;
  logger: Logger;
};

/** The longest time between two looks: a schedule may be new. */
const LOOK_MS = 10_000;
/** The shortest; while a time waits for an instance to end, that is the one. */
const AGAIN_MS = 1_000;

/** Looks at every schedule when it may be due. */
export function createScheduleService(options: Options): Service {
  const { ports, reads } = options;
  return {
    name: 'workflow schedules',
    async run(signal) {
      while (!signal.aborted) {
        for (const schedule of reads.schedules()) await look(schedule, options);
        await ports.timers.sleep(pauseMs(reads.schedules(), options.nowMs()), signal);
      }
    },
  };
}

function pauseMs(schedules: readonly StoredSchedule[], nowMs: number): number {
  const isWaiting = schedules.some(({ queue }) => queue.length > 0);
  const dues = schedules.map(({ next_ms }) => (next_ms === null ? LOOK_MS : next_ms - nowMs));
  return isWaiting ? AGAIN_MS : Math.max(AGAIN_MS, Math.min(LOOK_MS, ...dues));
}

/** A schedule that fails is looked at again; the others go on. */
async function look(schedule: StoredSchedule, options: Options): Promise<void> {
  const { order } = schedule;
  try {
    await settle(schedule, options);
  } catch (error) {
    if (!isAppError(error)) throw error;
    options.logger.warn({ err: error, schedule: order.schedule }, 'a schedule could not start its workflow');
    // No such workflow, or other input than it takes: the next time may do better.
    if (error.retry === 'never' && error.code !== 'no_room') await passOver(schedule, options);
  }
}

async function settle(schedule: StoredSchedule, options: Options): Promise<void> {
  const { order, next_ms: fromMs } = schedule;
  const { dues, nextMs } = dueTimes(order, {
    fromMs: fromMs ?? Number.POSITIVE_INFINITY,
    nowMs: options.nowMs(),
  });
  // Set back, the clock comes to times anew that have had their instance.
  const isMoved = nextMs !== null && (fromMs === null || nextMs < fromMs);
  if (dues.length === 0 && schedule.queue.length === 0 && !isMoved && nextMs === fromMs) return;
  const waiting = order.overlap === 'queue' ? queued(schedule.queue, dues) : dues;
  let [last, isChanged] = [schedule.last_instance, dues.length > 0 || nextMs !== fromMs];
  let started: { due_ms: number; instance_id: string } | undefined;
  while (waiting.length > 0) {
    const isBusy = last !== null && isOpen(last, options.reads);
    if (isBusy && order.overlap === 'queue') break;
    const dueMs = waiting.shift();
    if (dueMs === undefined) break;
    isChanged = true;
    if (isBusy && order.overlap === 'skip') continue;
    if (isBusy && last !== null) await cancel(last, options);
    last = await start(schedule, dueMs, options);
    started = { due_ms: dueMs, instance_id: last };
  }
  if (!isChanged) return;
  const queue = order.overlap === 'queue' ? waiting : [];
  await note(schedule, { next_ms: nextMs, last: started, queue }, options);
}

function isOpen(instanceId: string, reads: WorkflowReads): boolean {
  const found = reads.summary(instanceId);
  return found !== undefined && !ENDED.has(found.status);
}

async function start({ order }: StoredSchedule, dueMs: number, options: Options): Promise<string> {
  const business_key = `cron:${order.schedule}:${new Date(dueMs).toISOString()}`;
  const instance_id = uuidV8(sha256(`holdfast-workflow-cron-v1\n${order.workflow_type}\n${business_key}`));
  const { workflow_type, input } = order;
  const by = `schedule:${order.schedule}`;
  await options.order({
    kind: 'start',
    ...{ instance_id, workflow_type, business_key, input, currency: options.currency(), by },
  });
  return instance_id;
}

async function cancel(instance_id: string, { order }: Options): Promise<void> {
  const reason = 'the next time of its schedule has come';
  await order({ kind: 'event', instance_id, event: { kind: 'cancel', by: null, reason } });
}

/** Gives up the times that are due. */
async function passOver(schedule: StoredSchedule, options: Options): Promise<void> {
  const { nextMs } = dueTimes(schedule.order, { fromMs: Number.POSITIVE_INFINITY, nowMs: options.nowMs() });
  await note(schedule, { next_ms: nextMs, last: undefined, queue: [] }, options);
}

async function note(
  { order }: StoredSchedule,
  to: { next_ms: number | null; last: { due_ms: number; instance_id: string } | undefined; queue: number[] },
  { writer }: Options,
): Promise<void> {
  await writer.submit({ type: 'workflow_schedule', schedule: order.schedule, ...to });
}
