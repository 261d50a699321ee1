/**
 * A conversation with a printer over one line: questions and their answers, and what the printer tells by itself. A
 * printer answers a question about its state at once, even while it stands still; it answers a process id when all
 * before it is on paper.
 */
import type { Timers } from '@holdfast/base';
import {
  type EscPosStatusKind,
  escPosStatusRequest,
  type RealTimeStatus,
  readRealTimeStatus,
  STATUS_KINDS,
} from '@holdfast/commerce';
import type { ByteLink } from '../byte-link.ts';
import { type PrinterAnswer, PrinterAnswers } from './printer-answers.ts';
import { type PrinterState, stateOfAnswers, stateOfAutomatic } from './printer-state.ts';

/** Why there is no answer: it did not come in time, or the line is lost. */
export type NoAnswer = 'silent' | 'lost';

type Waiter = { matches(answer: PrinterAnswer): boolean; found(answer: PrinterAnswer): void };

/** One line from its opening on; whoever opened it closes it. */
export class PrinterTalk {
  readonly link: ByteLink;
  readonly #timers: Timers;
  readonly #answerMs: number;
  readonly #answers = new PrinterAnswers();
  readonly #waiters = new Set<Waiter>();
  readonly #ids = new Set<string>();
  #told: PrinterState | undefined;
  /** Called for what the printer tells by itself. */
  onTold: ((state: PrinterState) => void) | undefined;

  /** `answerMs` is how long a question may stay open. */
  constructor(of: { link: ByteLink; timers: Timers; answerMs: number }) {
    this.link = of.link;
    this.#timers = of.timers;
    this.#answerMs = of.answerMs;
    of.link.onBytes((bytes) => {
      for (const answer of this.#answers.take(bytes)) this.#hear(answer);
    });
  }

  /** What the printer told last by itself. */
  get told(): PrinterState | undefined {
    return this.#told;
  }

  /** Whether it has answered that process id. */
  hasAnswered(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Asks for everything. */
  async state(): Promise<PrinterState | NoAnswer> {
    const answers: RealTimeStatus[] = [];
    for (const question of STATUS_KINDS) {
      const answer = await this.#ask(question);
      if (typeof answer === 'string') return answer;
      answers.push(answer);
    }
    return stateOfAnswers(answers);
  }

  /** Waits for the answer to a process id that was sent. */
  async answered(id: string, withinMs: number): Promise<'answered' | NoAnswer> {
    if (this.#ids.has(id)) return 'answered';
    const found = await this.#wait((answer) => answer.kind === 'process_id' && answer.id === id, withinMs);
    return typeof found === 'string' ? found : 'answered';
  }

  async #ask(of: EscPosStatusKind): Promise<RealTimeStatus | NoAnswer> {
    const waits = this.#wait((answer) => answer.kind === 'real_time', this.#answerMs);
    // What keeps the line from taking three bytes keeps the answer away as well, so that only the answer is waited for.
    void this.link.write(escPosStatusRequest(of));
    const found = await waits;
    if (typeof found === 'string') return found;
    const read = found.kind === 'real_time' ? readRealTimeStatus(of, found.byte) : undefined;
    return read?.ok === true ? read.status : 'silent';
  }

  #hear(answer: PrinterAnswer): void {
    if (answer.kind === 'process_id') this.#ids.add(answer.id);
    if (answer.kind === 'automatic') {
      this.#told = stateOfAutomatic(answer.status);
      this.onTold?.(this.#told);
    }
    for (const waiter of this.#waiters)
      if (waiter.matches(answer)) {
        waiter.found(answer);
        return;
      }
  }

  #wait(matches: Waiter['matches'], withinMs: number): Promise<PrinterAnswer | NoAnswer> {
    return new Promise((resolve) => {
      const { lost } = this.link;
      const end = (with_: PrinterAnswer | NoAnswer) => {
        cancel();
        lost.removeEventListener('abort', onLost);
        this.#waiters.delete(waiter);
        resolve(with_);
      };
      const onLost = () => end('lost');
      const waiter: Waiter = { matches, found: end };
      const cancel = this.#timers.after(withinMs, () => end('silent'));
      if (lost.aborted) return end('lost');
      lost.addEventListener('abort', onLost);
      this.#waiters.add(waiter);
    });
  }
}
