/**
 * One run of a kernel from outside: it starts, is given answers, and ends. What may happen at any time (the card is
 * pulled out, somebody cancels, the reader understands nothing any more) is answered here for all phases, and the
 * payment's card data are wiped however it ends.
 */
import { assert } from '@holdfast/base';
import { encodeCommand } from '../../apdu/command.ts';
import { parseResponse } from '../../apdu/response.ts';
import type { Answer, Flow, Question } from './dialogue.ts';
import type { Outcome } from './outcome.ts';
import type { Transaction } from './transaction.ts';

/** Instead of an answer, to whatever was asked. */
export type Interruption = { to: 'any'; kind: 'card_removed' | 'cancelled' | 'card_error' };

export type KernelStep = { kind: 'ask'; question: Question } | { kind: 'done'; outcome: Outcome };

/** `start` once, then `answer` each question until an outcome comes. */
export type Kernel = {
  start(): KernelStep;
  answer(answer: Answer | Interruption): KernelStep;
};

/** What drives a kernel against real or simulated devices. */
export type KernelPorts = {
  /** Sends a command APDU and resolves to the answer APDU, both overwritten afterwards; undefined when the card is gone. */
  transmit(command: Uint8Array): Promise<Uint8Array | undefined>;
  answer(question: Exclude<Question, { ask: 'transmit' }>): Promise<Answer | Interruption>;
};

/** A session over a flow that works on `tx`. */
export function createSession(tx: Transaction, flow: Flow<Outcome>): Kernel {
  let isDone = false;
  const end = (outcome: Outcome): KernelStep => {
    isDone = true;
    tx.wipe();
    return { kind: 'done', outcome };
  };
  const move = (next: () => IteratorResult<Question, Outcome>): KernelStep => {
    try {
      const result = next();
      return result.done === true ? end(result.value) : { kind: 'ask', question: result.value };
    } catch (error) {
      tx.wipe();
      throw error;
    }
  };
  return {
    start: () => move(() => flow.next()),
    answer: (answer) => {
      assert(!isDone, 'a kernel that has ended takes no answer');
      if (answer.to !== 'any') return move(() => flow.next(answer));
      const isFallbackAllowed = answer.kind === 'card_error' && !tx.isSelected && !tx.isTap;
      const outcome = tx.settled ?? tx.terminated(answer.kind, isFallbackAllowed);
      flow.return(outcome);
      return end(outcome);
    },
  };
}

/** Drives a kernel to its end. A port that fails (rejects) fails the run; the card data are then wiped as well. */
export async function driveKernel(kernel: Kernel, ports: KernelPorts): Promise<Outcome> {
  let step = kernel.start();
  while (step.kind === 'ask') {
    const answer = await answerOf(step.question, ports).catch((error: unknown) => {
      kernel.answer({ to: 'any', kind: 'card_error' });
      throw error;
    });
    step = kernel.answer(answer);
  }
  return step.outcome;
}

async function answerOf(question: Question, ports: KernelPorts): Promise<Answer | Interruption> {
  if (question.ask !== 'transmit') return ports.answer(question);
  const { command } = question;
  const bytes = command instanceof Uint8Array ? command : encodeCommand(command);
  const answer = await ports.transmit(bytes).finally(() => {
    // A PIN may have been in it; a command of the issuer is not the kernel's to change.
    if (bytes !== command) bytes.fill(0);
  });
  if (answer === undefined) return { to: 'any', kind: 'card_removed' };
  const parsed = parseResponse(answer);
  // A card number may have been in it.
  answer.fill(0);
  if (!parsed.ok) return { to: 'any', kind: 'card_error' };
  return { to: 'transmit', kind: 'response', response: parsed.response };
}
