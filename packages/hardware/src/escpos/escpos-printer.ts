/**
 * A printer of the ESC/POS family on any line of bytes. It is reached anew for every job, since most printers talk with
 * one at a time and others may wait for it. Jobs wait in a queue with a bound.
 */
import type { Random, Timers } from '@holdfast/base';
import { type DrawerPulse, escPosDrawerKick, escPosProcessId } from '@holdfast/commerce';
import type { ByteLink, OpenLink } from '../byte-link.ts';
import { JobQueue } from '../job-queue.ts';
import type { DeviceStatus, Order, Outcome } from '../ports/device.ts';
import type { PrintFailure, ReceiptPrinter } from '../ports/receipt-printer.ts';
import { type Confirmation, type JobEnd, PRINTER_TIMES, type PrinterTimes, runJob } from './print-job.ts';
import { attentionOf, type PrinterState, problemOf, UNTOLD } from './printer-state.ts';
import { type NoAnswer, PrinterTalk } from './printer-talk.ts';

/** What the adapter has to know of its printer. */
export type EscPosPrinterOptions = {
  /** By which people find it. */
  name: string;
  open: OpenLink;
  width: ReceiptPrinter['width'];
  timers: Timers;
  random: Random;
  /**
   * The best that this printer can do; `process_id` if unsaid, which falls back to `status` where the printer does not
   * answer. Printers that print a question which they do not know want `status`, those that never answer `delivery`.
   */
  confirmation?: Confirmation;
  times?: Partial<PrinterTimes>;
};

/** A printer with the line to a drawer. */
export type EscPosPrinter = ReceiptPrinter & {
  /** Sends a pulse to the drawer; it says nothing of the drawer itself. */
  kickDrawer(order: Order & { pulse?: DrawerPulse }): Promise<Outcome<object, PrintFailure>>;
  /** The level of the drawer's switch; null if the printer does not say. */
  drawerPin(signal?: AbortSignal): Promise<'high' | 'low' | null>;
};

/** Jobs that wait; above it the order fails. */
const QUEUE_MAX = 16;
const ID_NUMBERS = 36 ** 4;

/** The printer at the end of that line. Nothing is sent before the first order or question. */
export function createEscPosPrinter(options: EscPosPrinterOptions): EscPosPrinter {
  const device = new PrinterOnLine(options);
  return {
    kind: 'receipt_printer',
    width: options.width,
    print: (order) => device.print(order),
    kickDrawer: async ({ pulse, ...order }) => {
      const end = await device.print({ ...order, bytes: escPosDrawerKick(pulse) });
      return end.kind === 'unknown' ? { kind: 'unknown', message: 'Look whether the drawer is open.' } : end;
    },
    drawerPin: async (signal) => {
      const state = await device.look(signal);
      return typeof state === 'string' ? null : state.isDrawerPinHigh ? 'high' : 'low';
    },
    status: (signal) => device.status(signal),
    close: () => device.close(),
  };
}

type Reached = {
  kind: 'reached';
  talk: PrinterTalk;
  state: PrinterState | undefined;
  confirmation: Confirmation;
};
type NotReached = { kind: 'not_reached'; message: string };

class PrinterOnLine {
  readonly #name: string;
  readonly #open: OpenLink;
  readonly #timers: Timers;
  readonly #times: PrinterTimes;
  readonly #best: Confirmation;
  readonly #queue = new JobQueue(QUEUE_MAX);
  readonly #closing = new AbortController();
  #idNumber: number;
  /** Jobs that wait or are printed. */
  #jobs = 0;
  /** Whether it knows process ids; undefined until it was tried. */
  #knowsIds: boolean | undefined;
  /** The id with which that was tried. */
  #triedId = '';
  #confirmedBy: Confirmation | undefined;
  #last: PrinterState | undefined;

  constructor(options: EscPosPrinterOptions) {
    this.#name = options.name;
    this.#open = options.open;
    this.#timers = options.timers;
    this.#times = { ...PRINTER_TIMES, ...options.times };
    this.#best = options.confirmation ?? 'process_id';
    this.#idNumber = Math.floor(options.random.unit() * ID_NUMBERS);
  }

  async print(order: Order & { bytes: Uint8Array }): Promise<Outcome<object, PrintFailure>> {
    const signal = AbortSignal.any([order.signal, this.#closing.signal]);
    this.#jobs += 1;
    const queued = await this.#queue
      .run(signal, () => this.#job(order.bytes, signal))
      .finally(() => {
        this.#jobs -= 1;
      });
    switch (queued.kind) {
      case 'full':
        return unavailable('Too many receipts wait for this printer: look what keeps it.');
      case 'withdrawn':
        return WITHDRAWN;
      case 'ran':
        return queued.value.kind === 'done' ? { kind: 'done' } : queued.value;
    }
  }

  async status(signal?: AbortSignal): Promise<DeviceStatus> {
    const isBusy = this.#jobs > 0;
    const found = isBusy ? this.#last : await this.look(signal);
    const facts = {
      jobs: this.#jobs,
      ...(this.#confirmedBy === undefined ? {} : { confirmed_by: this.#confirmedBy }),
    };
    const status = { kind: 'receipt_printer', name: this.#name, facts } as const;
    if (typeof found === 'string') return { ...status, state: 'gone', attention: found };
    const attention = found === undefined ? null : attentionOf(found);
    const needsHelp = found !== undefined && problemOf(found) !== undefined;
    if (isBusy) return { ...status, state: 'busy', attention };
    return { ...status, state: needsHelp || attention !== null ? 'attention' : 'ready', attention };
  }

  /** Asks the printer how it is; a sentence if it cannot be asked. One that never answers is as after power-on. */
  async look(given?: AbortSignal): Promise<PrinterState | string> {
    const { signal: closing } = this.#closing;
    const signal = given === undefined ? closing : AbortSignal.any([given, closing]);
    const queued = await this.#queue.run(signal, async () => {
      const reached = await this.#reach(signal, 'status');
      if (reached.kind === 'not_reached') return reached.message;
      reached.talk.link.close();
      return reached.state ?? UNTOLD;
    });
    return queued.kind === 'ran' ? queued.value : 'Nobody waited for the answer of the printer.';
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #job(bytes: Uint8Array, signal: AbortSignal): Promise<JobEnd> {
    const reached = await this.#reach(signal, this.#best);
    if (reached.kind === 'not_reached') return signal.aborted ? WITHDRAWN : unavailable(reached.message);
    const { talk, state, confirmation } = reached;
    try {
      const problem = state === undefined ? undefined : problemOf(state);
      if (problem !== undefined) return { kind: 'failed', ...problem };
      if (signal.aborted) return WITHDRAWN;
      const { id, timers, times } = { id: this.#nextId(), timers: this.#timers, times: this.#times };
      const end = await runJob({ bytes, id, confirmation, talk, timers, times, signal });
      this.#last = talk.told ?? state;
      // It was only slow to answer, having been busy with what somebody else had sent.
      if (talk.hasAnswered(this.#triedId)) this.#knowsIds = true;
      if (end.kind === 'done') this.#confirmedBy = end.confirmedBy;
      return end;
    } finally {
      talk.link.close();
    }
  }

  /** Tries until it answers, or time is up: it may be talking with another till, and then refuses or keeps silent. */
  async #reach(signal: AbortSignal, wanted: Confirmation): Promise<Reached | NotReached> {
    const deadline = new AbortController();
    const cancel = this.#timers.after(this.#times.connectMs, () => deadline.abort());
    const until = AbortSignal.any([signal, deadline.signal]);
    try {
      for (;;) {
        const tried = await this.#try(until, wanted);
        if (tried.kind === 'reached') return tried;
        await this.#timers.sleep(this.#times.retryMs, until);
        if (until.aborted) return tried;
      }
    } finally {
      cancel();
    }
  }

  async #try(signal: AbortSignal, wanted: Confirmation): Promise<Reached | NotReached> {
    const opened = await this.#open(signal);
    if (opened.kind === 'failed') return { kind: 'not_reached', message: opened.message };
    const talk = this.#talkOn(opened.link);
    if (this.#best === 'delivery')
      return { kind: 'reached', talk, state: undefined, confirmation: 'delivery' };
    const state = await talk.state();
    if (typeof state === 'string') return this.#notReached(talk, state);
    this.#last = state;
    const asksIds = wanted === 'process_id' && problemOf(state) === undefined;
    const confirmation = asksIds ? await this.#confirmationOf(talk) : 'status';
    if (confirmation === 'lost') return this.#notReached(talk, confirmation);
    return { kind: 'reached', talk, state, confirmation };
  }

  #notReached(talk: PrinterTalk, why: NoAnswer): NotReached {
    talk.link.close();
    // When it is back it may be another one.
    this.#knowsIds = undefined;
    const message =
      why === 'lost'
        ? 'The printer does not talk: another till may be using it, or it has to be switched off and on.'
        : 'The printer does not answer: switch it on, and check that it is an ESC/POS printer which tells its state.';
    return { kind: 'not_reached', message };
  }

  #talkOn(link: ByteLink): PrinterTalk {
    return new PrinterTalk({ link, timers: this.#timers, answerMs: this.#times.answerMs });
  }

  /** Finds out on an idle printer whether it answers process ids, before a job depends on it. */
  async #confirmationOf(talk: PrinterTalk): Promise<Confirmation | 'lost'> {
    if (this.#knowsIds === undefined) {
      this.#triedId = this.#nextId();
      void talk.link.write(escPosProcessId(this.#triedId));
      const answer = await talk.answered(this.#triedId, this.#times.answerMs);
      if (answer === 'lost') return 'lost';
      this.#knowsIds = answer === 'answered';
    }
    return this.#knowsIds ? 'process_id' : 'status';
  }

  /** Four characters that another till, or the last job, is not likely to have used. */
  #nextId(): string {
    this.#idNumber = (this.#idNumber + 1) % ID_NUMBERS;
    return this.#idNumber.toString(36).toUpperCase().padStart(4, '0');
  }
}

const WITHDRAWN = unavailable('Nobody waited for it any more: nothing was printed.');

function unavailable(message: string) {
  return { kind: 'failed', code: 'printer_unavailable', message } as const;
}
