/** The side of the thread: answers one request after the other, for as long as the thread lives. */
import type { MessagePort } from 'node:worker_threads';
import type { Failure } from './failure.ts';
import type { FromThread, ToThread } from './messages.ts';

export type Handler<P, R, A> = {
  /** Loads what `run` needs; what is loaded already costs nothing. Returns why it cannot. */
  prepare(of: P): Promise<Failure | undefined>;
  run(of: R): Promise<{ answer: A } | Failure>;
};

/** Serves `port`. What a handler throws is not caught: it ends the thread, and the plug-in starts another one. */
export function serve<P, R, A>(port: MessagePort | null, handler: Handler<P, R, A>): void {
  if (port === null) throw new Error('A plug-in thread runs as a worker thread');
  const send = (message: FromThread<A>) => port.postMessage(message);
  port.on('message', async (message: ToThread<P, R>) => {
    if (message.kind === 'prepare') {
      const failure = await handler.prepare(message.of);
      send(failure === undefined ? { kind: 'prepared' } : { kind: 'failed', failure });
    } else {
      const result = await handler.run(message.of);
      send(
        'answer' in result ? { kind: 'answer', answer: result.answer } : { kind: 'failed', failure: result },
      );
    }
  });
  send({ kind: 'ready' });
}
