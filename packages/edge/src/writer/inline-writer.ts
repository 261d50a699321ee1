/**
 * The writer without a thread: runs its engine where it is called, at a moment of the caller's choosing. Whatever has
 * been submitted until then is one group, as it is in the thread. For a simulation, where a thread would be a second
 * clock.
 */
import { AppError, LIMITS } from '@holdfast/base';
import { type Command, fromFailure, type Outcome, type ResultOf } from './commands.ts';
import type { WriterEngine } from './engine.ts';
import type { Writer } from './writer.ts';

type Waiter = { command: Command; resolve(value: unknown): void; reject(error: AppError): void };

/** A writer over `engine`; `later` calls back when the next group shall be written, never at once. */
export function createInlineWriter(
  engine: Pick<WriterEngine, 'execute' | 'failed' | 'close'>,
  { later, queueMax = LIMITS.writerQueueMax }: { later: (write: () => void) => void; queueMax?: number },
): Writer {
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();
  let queue: Waiter[] = [];
  let isOver = false;
  const write = () => {
    if (isOver || queue.length === 0) return;
    const group = queue;
    queue = [];
    const outcomes = engine.execute(group.map(({ command }) => command));
    for (const [index, waiter] of group.entries()) settle(waiter, outcomes[index]);
    if (engine.failed === undefined) return;
    isOver = true;
    fail(engine.failed);
  };
  return {
    failed,
    get waiting() {
      return queue.length;
    },
    submit: <C extends Command>(command: C) =>
      new Promise<ResultOf<C>>((resolve, reject) => {
        if (isOver) return reject(refusal('store_unavailable', '2'));
        if (queue.length >= queueMax) return reject(refusal('overloaded', '1'));
        // The engine answers a command with the result of its type.
        queue.push({ command, resolve: resolve as (value: unknown) => void, reject });
        if (queue.length === 1) later(write);
      }),
    async close() {
      write();
      isOver = true;
      engine.close();
    },
  };
}

function settle({ resolve, reject }: Waiter, outcome: Outcome | undefined): void {
  if (outcome?.ok) resolve(outcome.value);
  else reject(outcome ? fromFailure(outcome.failure) : new AppError('outcome_unknown'));
}

function refusal(code: 'store_unavailable' | 'overloaded', seconds: string): AppError {
  return new AppError(code, undefined, { headers: { 'retry-after': seconds } });
}
