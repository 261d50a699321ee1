/** The writer's thread: opens the store, then groups whatever commands have arrived, for as long as it is told to. */

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { isAppError, LIMITS, systemPorts } from '@holdfast/base';
import { mapOpenError } from '../store/open.ts';
import { type Command, toFailure } from './commands.ts';
import { type EngineOptions, NO_HOOKS, WriterEngine } from './engine.ts';
import type { FromThread, ToThread } from './writer.ts';

const port = parentPort;
if (!port) throw new Error('writer/thread.ts runs as a worker thread');

const send = (message: FromThread) => port.postMessage(message);

const engine = open(workerData as EngineOptions); // startWriterThread passes it.
if (engine) {
  port.on('message', (message: ToThread) => {
    let next: ToThread | undefined = message;
    while (next) next = take(engine, next);
  });
  send({ kind: 'ready' });
}

/** Runs one group made of `message` and what arrived behind it; returns the message that no longer fitted. */
function take(to: WriterEngine, message: ToThread): ToThread | undefined {
  if (message.kind === 'close') {
    to.close();
    send({ kind: 'closed' });
    port?.close();
    return undefined;
  }
  const commands: Command[] = [...message.commands];
  let after: ToThread | undefined;
  while (commands.length < LIMITS.groupCommitMax) {
    after = receive();
    if (after?.kind !== 'commands') break;
    commands.push(...after.commands);
    after = undefined;
  }
  const outcomes = to.execute(commands);
  send({ kind: 'outcomes', first: message.first, outcomes });
  if (to.failed) send({ kind: 'failed', reason: reasonOf(to.failed) });
  return after;
}

function receive(): ToThread | undefined {
  return port ? receiveMessageOnPort(port)?.message : undefined;
}

function open(options: EngineOptions): WriterEngine | undefined {
  try {
    return new WriterEngine(options, systemPorts, {
      ...NO_HOOKS,
      warn: (error) => send({ kind: 'warning', reason: reasonOf(error) }),
    });
  } catch (cause) {
    const error = mapOpenError(cause, options.store.path);
    if (!isAppError(error)) throw error;
    send({ kind: 'refused', failure: toFailure(error) });
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
