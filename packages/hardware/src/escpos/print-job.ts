/**
 * One job on one line: ask the printer how it is, send the bytes, find out whether they are on paper. Up to the first
 * byte of the job every trouble is a failure and nothing has happened; from then on nothing can be called back, and
 * whatever is not confirmed is unknown.
 */
import type { Timers } from '@holdfast/base';
import { escPosAutomaticStatus, escPosInitialise, escPosProcessId } from '@holdfast/commerce';
import { aborted } from '../byte-link.ts';
import type { Outcome } from '../ports/device.ts';
import type { PrintFailure } from '../ports/receipt-printer.ts';
import { problemOf, stopOf } from './printer-state.ts';
import type { PrinterTalk } from './printer-talk.ts';

/**
 * How a printer confirms a job. `process_id`: it says itself when all is on paper. `status`: it has taken all bytes and
 * is in order some time later; printers that know no process ids. `delivery`: it says nothing at all, and has closed
 * the line after the last byte.
 */
export type Confirmation = 'process_id' | 'status' | 'delivery';

/** How long things may take, in milliseconds. */
export type PrinterTimes = {
  /** To be reached, and to have time: a printer talks with one at a time. */
  connectMs: number;
  /** Between two tries to reach it. */
  retryMs: number;
  /** To answer a question about its state. */
  answerMs: number;
  /** Between two questions while it prints. */
  pollMs: number;
  /** To take the next bytes. */
  stallMs: number;
  /** To be through with a job of which it has all bytes. */
  finishMs: number;
};

/** A cashier waits for no more than this. */
export const PRINTER_TIMES: PrinterTimes = {
  connectMs: 5_000,
  retryMs: 250,
  answerMs: 2_000,
  pollMs: 1_000,
  stallMs: 15_000,
  finishMs: 60_000,
};

/** What came of a job, and by what it is known to be done. */
export type JobEnd = Outcome<{ confirmedBy: Confirmation }, PrintFailure>;

/** What a job needs to know. `id` is its process id. */
export type PrintJob = {
  bytes: Uint8Array;
  id: string;
  confirmation: Confirmation;
  talk: PrinterTalk;
  times: PrinterTimes;
  timers: Timers;
  signal: AbortSignal;
};

/** Small enough that a stop is noticed between two of them. */
const CHUNK_BYTES = 1_024;
/** Unanswered questions in a row after which nobody is there. */
const SILENCES_MAX = 2;
const BROKEN = 'The line to the printer broke.';

/** Sends the bytes of a printer that is in order, and waits for the confirmation. */
export async function runJob(job: PrintJob): Promise<JobEnd> {
  const trouble = await send(job);
  if (trouble !== undefined) return unknown(trouble);
  switch (job.confirmation) {
    case 'process_id':
      return await confirmById(job);
    case 'status':
      return await confirmByStatus(job);
    case 'delivery':
      return await confirmByEnd(job);
  }
}

/** Why the bytes did not all go out; undefined if they did. */
async function send(job: PrintJob): Promise<string | undefined> {
  const { talk, signal, times, timers } = job;
  const stopped = Promise.withResolvers<string>();
  talk.onTold = (state) => {
    const problem = stopOf(state);
    if (problem !== undefined) stopped.resolve(problem.message);
  };
  void aborted(signal).then(() => stopped.resolve('Nobody waited for it any more.'));
  const stream = streamOf(job);
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) {
    const stalled = Promise.withResolvers<string>();
    const cancel = timers.after(times.stallMs, () => stalled.resolve('The printer takes no more bytes.'));
    const taken = talk.link.write(stream.subarray(at, at + CHUNK_BYTES));
    const came = await Promise.race([stopped.promise, taken, stalled.promise]);
    cancel();
    if (came === 'lost') return BROKEN;
    if (came !== 'sent') return came;
  }
  return undefined;
}

/**
 * The bytes on the line. Reports are switched on behind the reset that a job begins with, which would switch them off;
 * within a job nobody may ask, since the question would end up in the middle of a command.
 */
function streamOf({ bytes, id, confirmation }: PrintJob): Uint8Array {
  if (confirmation === 'delivery') return bytes;
  const reset = escPosInitialise();
  const hasReset = reset.every((byte, at) => bytes[at] === byte);
  const parts = [
    hasReset ? reset : new Uint8Array(0),
    escPosAutomaticStatus(['online', 'error', 'paper']),
    hasReset ? bytes.subarray(reset.length) : bytes,
    confirmation === 'process_id' ? escPosProcessId(id) : new Uint8Array(0),
  ];
  return Buffer.concat(parts);
}

/** How a confirmation is waited for, and when it is there. */
type Way = { by: Confirmation; wait(): Promise<unknown>; isConfirmed(timesInOrder: number): boolean };

async function confirmById(job: PrintJob): Promise<JobEnd> {
  const { talk, id, times } = job;
  const wait = () => talk.answered(id, times.pollMs);
  return await confirm(job, { by: 'process_id', wait, isConfirmed: () => talk.hasAnswered(id) });
}

/** In order twice, with some time between: a printer that stops in the middle of a job has told so by then. */
async function confirmByStatus(job: PrintJob): Promise<JobEnd> {
  const { timers, times, signal } = job;
  const wait = () => timers.sleep(times.pollMs, signal);
  return await confirm(job, { by: 'status', wait, isConfirmed: (timesInOrder) => timesInOrder >= 2 });
}

/** Waits and looks in turn, until the job is confirmed or there is no hope of it. */
async function confirm({ talk, times, timers, signal }: PrintJob, way: Way): Promise<JobEnd> {
  let isOverdue = false;
  const cancel = timers.after(times.finishMs, () => {
    isOverdue = true;
  });
  const withdrawn = aborted(signal).then((): Look => 'silent');
  let timesInOrder = 0;
  let silences = 0;
  try {
    for (;;) {
      await Promise.race([way.wait(), withdrawn]);
      const look = way.isConfirmed(timesInOrder) ? 'in_order' : await Promise.race([lookAt(talk), withdrawn]);
      if (look === 'in_order') timesInOrder += 1;
      // A confirmation counts, whatever has come after it.
      if (way.isConfirmed(timesInOrder)) return { kind: 'done', confirmedBy: way.by };
      if (typeof look === 'object') return unknown(look.trouble);
      if (signal.aborted) return unknown('Nobody waited for it any more.');
      if (isOverdue) return unknown('The printer did not say that it is through with it.');
      silences = look === 'silent' ? silences + 1 : 0;
      if (silences >= SILENCES_MAX) return unknown('The printer answers no more.');
    }
  } finally {
    cancel();
  }
}

/** `waiting`: it goes on by itself. */
type Look = 'in_order' | 'waiting' | 'silent' | { trouble: string };

async function lookAt(talk: PrinterTalk): Promise<Look> {
  const state = await talk.state();
  if (state === 'lost') return { trouble: BROKEN };
  if (state === 'silent') return 'silent';
  const stop = stopOf(state);
  if (stop !== undefined) return { trouble: stop.message };
  return problemOf(state) === undefined ? 'in_order' : 'waiting';
}

async function confirmByEnd({ talk, times, timers, signal }: PrintJob): Promise<JobEnd> {
  const { link } = talk;
  link.close('afterAll');
  await Promise.race([aborted(link.lost), timers.sleep(times.finishMs, signal)]);
  return link.lost.aborted && link.lost.reason === 'ended'
    ? { kind: 'done', confirmedBy: 'delivery' }
    : unknown('The printer did not take all of it.');
}

function unknown(why: string): JobEnd {
  return {
    kind: 'unknown',
    message: `${why} Look whether the receipt is printed; printed again it is a copy.`,
  };
}
