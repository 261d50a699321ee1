import { expect, test } from 'vitest';
import { JobQueue } from './job-queue.ts';

const NEVER = new AbortController().signal;

test('one at a time, in order; what was withdrawn lets nobody overtake', async () => {
  const queue = new JobQueue(3);
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const withdrawal = new AbortController();
  const runs = [
    queue.run(NEVER, async () => {
      order.push('a');
      await first.promise;
      order.push('a ends');
    }),
    queue.run(withdrawal.signal, async () => order.push('b')),
    queue.run(NEVER, async () => order.push('c')),
    queue.run(NEVER, async () => order.push('d')),
  ];
  expect(await queue.run(NEVER, async () => order.push('e'))).toEqual({ kind: 'full' });
  withdrawal.abort();
  expect(await runs[1]).toEqual({ kind: 'withdrawn' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['a']);
  first.resolve();
  await Promise.all(runs);
  expect(order).toEqual(['a', 'a ends', 'c', 'd']);
});

test('a job that fails tells its own caller, and the next one runs', async () => {
  const queue = new JobQueue(1);
  const failing = queue.run(NEVER, () => Promise.reject(new Error('broken')));
  const next = queue.run(NEVER, async () => 1);
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toEqual({ kind: 'ran', value: 1 });
});
