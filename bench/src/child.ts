/**
 * Child processes of a benchmark: started, asked one thing at a time, stopped. A child ends when the parent does,
 * because `runProcess` watches the channel between them.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { must } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';

/** A running child; `ready` is what it said of itself. */
export type Child<Ready, Asked, Answer> = {
  ready: Ready;
  readonly pid: number;
  /** Sends one order and resolves with its answer. Rejects when the child fails or ends. */
  ask(asked: Asked): Promise<Answer>;
  /** Asks the child to end and waits for that. */
  close(): Promise<void>;
  /** Kills the child and waits for its end. What it started goes on, unless it is killed as well. */
  kill(): Promise<void>;
};

type FromChild<Ready, Answer> =
  | { kind: 'ready'; ready: Ready }
  | { kind: 'answer'; answer: Answer }
  | { kind: 'failed'; reason: string };

/** Starts the module at `entry` with `settings` and waits until it is ready. Its output goes to stderr. */
export async function startChild<Ready, Asked, Answer>(
  entry: URL,
  settings: object,
): Promise<Child<Ready, Asked, Answer>> {
  const child = fork(entry, [JSON.stringify(settings)], {
    stdio: ['ignore', 2, 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const next = async () => {
    const message = (await nextMessage(child, entry)) as FromChild<Ready, Answer>; // `serveParent` sends these alone.
    if (message.kind === 'failed') throw new Error(`${entry.pathname}: ${message.reason}`);
    return message;
  };
  const first = await next();
  if (first.kind !== 'ready') throw new Error(`${entry.pathname} answered before it was ready`);
  return {
    ready: first.ready,
    pid: must(child.pid, 'a process that is ready has a number'),
    async ask(asked) {
      child.send(asked as object); // Orders are plain objects.
      const message = await next();
      if (message.kind !== 'answer') throw new Error(`${entry.pathname} started twice`);
      return message.answer;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What a child does: `start` makes it ready, `answer` carries out one order, `close` ends it. */
type ChildPart<Ready, Asked, Answer> = {
  ready: Ready;
  answer(asked: Asked): Promise<Answer>;
  close(): Promise<void>;
};

/** The other side: runs in the child until the parent lets go. */
export async function serveParent<Settings, Ready, Asked, Answer>(
  service: string,
  start: (settings: Settings, signal: AbortSignal) => Promise<ChildPart<Ready, Asked, Answer>>,
): Promise<void> {
  const logger = createLogger({ level: 'error', service });
  const send = (message: FromChild<Ready, Answer>) => {
    if (process.connected) process.send?.(message);
  };
  await runProcess(
    async (signal) => {
      const settings: Settings = JSON.parse(process.argv[2] ?? '{}');
      const part = await start(settings, signal);
      process.on('message', (asked: Asked) => {
        part.answer(asked).then(
          (answer) => send({ kind: 'answer', answer }),
          (error: unknown) => send({ kind: 'failed', reason: String(error) }),
        );
      });
      send({ kind: 'ready', ready: part.ready });
      if (!signal.aborted) await once(signal, 'abort');
      await part.close();
    },
    { logger },
  );
}

async function nextMessage(child: ChildProcess, entry: URL): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      once(child, 'exit', { signal }).then(() => {
        throw new Error(`${entry.pathname} ended`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}
