/**
 * A payment terminal: reader, PIN pad and kernel as one thing that workflows use step by step. It has one payment at a
 * time, and a payment lives in memory alone: after a restart its next step hears that the card is gone, and the workflow
 * reads again. What it knows of a card is wiped when the payment ends, at the latest when nobody has asked for it in
 * five minutes.
 */
import { type Cancel, must } from '@holdfast/base';
import { createMoneyFormat, formatMoney } from '@holdfast/money';
import type { Outcome } from '../ports/device.ts';
import { failed } from './failures.ts';
import type {
  ApproveAnswer,
  CardFacts,
  CardSession,
  CompleteAnswer,
  IssuerAnswer,
  PaymentCall,
  PrepareAnswer,
  ReadAnswer,
  SettlementData,
  StepUse,
  ValidateAnswer,
  VerifyAnswer,
} from './payment-types.ts';
import { createPinAsker } from './pin-asker.ts';
import { createPrompter, promptsOfEnding } from './prompts.ts';
import { readCard } from './read-card.ts';
import type { PaymentTerminalOptions } from './terminal-options.ts';

type WithAmount = PaymentCall & { amountMinor?: bigint | undefined };

/**
 * The steps of a payment. Each does those before it that were left out, but for reading: without a card in hand it
 * answers `card_removed`. A step that has succeeded under a key gives the same answer under it again.
 */
export type PaymentTerminal = {
  /** Waits for a card and reads it. `transaction` is for the card's own rules; a purchase unless given. */
  readCard(call: WithAmount & { transaction?: 'purchase' | 'cash' }): Promise<ReadAnswer>;
  /** Authenticates the card, and holds it against dates, restrictions and the list of cards not to be taken. */
  validateCard(call: WithAmount): Promise<ValidateAnswer>;
  /** Verifies the cardholder as the card wants it. */
  verifyPin(call: WithAmount): Promise<VerifyAnswer>;
  /** Has the card approve by itself; where no issuer can be asked, a card that wants one gets to decide again. */
  approveOffline(call: WithAmount): Promise<ApproveAnswer>;
  /** What goes to the issuer. */
  prepareOnline(call: WithAmount): Promise<PrepareAnswer>;
  /** What the issuer answered, to the card. */
  completeOnline(call: PaymentCall & { issuer: IssuerAnswer }): Promise<CompleteAnswer>;
  /** For whoever seals it; undefined before an outcome and after the end. */
  settlementData(instanceId: string): SettlementData | undefined;
  /** Ends the payment and waits until the card was taken; nothing happens where there is none. */
  endSession(call: PaymentCall): Promise<{ mustReverse: boolean }>;
  /** The same without waiting, for an instance that has ended; a step that is under way ends first. */
  forget(instanceId: string): Promise<{ mustReverse: boolean }>;
  close(): Promise<void>;
};

/** How long a payment may lie idle while another one wants the terminal; wiped after the longer time in any case. */
const IDLE_MS = 60_000;
const KEPT_MS = 300_000;
const AMOUNT_END = 10n ** 12n;

type Payment = {
  readonly instanceId: string;
  session: CardSession | undefined;
  /** What succeeded, and what is under way, by step and key. */
  readonly answers: Map<string, Promise<{ kind: string }>>;
  /** Steps wait for each other. */
  turn: Promise<unknown>;
  /** The customer has read how the payment ended. */
  isTold: boolean;
  running: number;
  touchedMs: number;
};

/** A terminal at rest. The devices stay the caller's. */
export function createPaymentTerminal(options: PaymentTerminalOptions): PaymentTerminal {
  return new Terminal(options);
}

class Terminal implements PaymentTerminal {
  readonly #options: PaymentTerminalOptions;
  readonly #prompt;
  readonly #format;
  #payment: Payment | undefined;
  #amountMinor = 0n;
  #counter = 0;
  #cancelWipe: Cancel = () => undefined;

  constructor(options: PaymentTerminalOptions) {
    this.#options = options;
    this.#prompt = createPrompter(options.display, options.locale);
    this.#format = createMoneyFormat(options.locale);
  }

  async readCard(call: Parameters<PaymentTerminal['readCard']>[0]): Promise<ReadAnswer> {
    if (isUnpayable(call)) return failed('card_not_accepted');
    const known = this.#known('read', call);
    if (known !== undefined) return await (known as Promise<ReadAnswer>); // The name of the step tells its type.
    if (this.#isTaken(call.instanceId)) return failed('terminal_busy');
    // At once, so that whoever comes meanwhile finds the terminal taken.
    const before = this.#payment;
    const payment = this.#begin(call);
    return await this.#step('read', { call, payment }, async () => {
      await end(before);
      const read = await readCard({
        options: this.#options,
        amountMinor: call.amountMinor,
        transaction: call.transaction ?? 'purchase',
        counter: this.#counter,
        pins: this.#pins(),
        prompt: (prompt) => this.#prompt(prompt, this.#amountText(call.amountMinor)),
        signal: call.signal,
      });
      if (read.kind !== 'done') {
        this.#tell(payment, read);
        return read;
      }
      payment.session = read.session;
      // After a tap the customer reads already that the card may go.
      if (read.session.facts.entry !== 'contactless') this.#prompt('please_wait');
      return { kind: 'done', card: read.session.facts };
    });
  }

  async validateCard(call: WithAmount): Promise<ValidateAnswer> {
    if (isUnpayable(call)) return failed('card_not_accepted');
    return await this.#onCard<{ card: CardFacts }, ValidateAnswer>('validate', call, async (session, use) => {
      const validated = await session.validate(use);
      return validated.kind === 'done' ? { ...validated, card: session.facts } : validated;
    });
  }

  async verifyPin(call: WithAmount): Promise<VerifyAnswer> {
    if (isUnpayable(call)) return failed('card_not_accepted');
    return await this.#onCard('verify', call, (session, use) => session.verify(use));
  }

  async approveOffline(call: WithAmount): Promise<ApproveAnswer> {
    if (isUnpayable(call)) return failed('card_not_accepted');
    return await this.#onCard('approve', call, (session, use) => session.approve(use));
  }

  async prepareOnline(call: WithAmount): Promise<PrepareAnswer> {
    if (isUnpayable(call)) return failed('card_not_accepted');
    return await this.#onCard('prepare', call, (session, use) => session.prepareOnline(use));
  }

  completeOnline(call: PaymentCall & { issuer: IssuerAnswer }): Promise<CompleteAnswer> {
    return this.#onCard('complete', call, (session, use) => session.completeOnline(call.issuer, use));
  }

  settlementData(instanceId: string): SettlementData | undefined {
    return this.#payment?.instanceId === instanceId ? this.#payment.session?.settlement() : undefined;
  }

  async endSession({ instanceId, signal }: PaymentCall): Promise<{ mustReverse: boolean }> {
    if (this.#payment?.instanceId !== instanceId) return { mustReverse: false };
    const ended = await this.forget(instanceId);
    await this.#options.reader.cleared(signal);
    return ended;
  }

  async forget(instanceId: string): Promise<{ mustReverse: boolean }> {
    if (this.#payment?.instanceId !== instanceId) return { mustReverse: false };
    const { isTold } = this.#payment;
    const ended = await this.#drop();
    if (!isTold) this.#prompt('remove_card');
    return ended;
  }

  async close(): Promise<void> {
    await this.#drop();
  }

  /** A step on the card in hand. */
  async #onCard<T extends object, A extends Outcome<T, string>>(
    name: string,
    call: WithAmount,
    run: (session: CardSession, use: StepUse) => Promise<A>,
  ): Promise<A | ReturnType<typeof failed<'card_removed'>>> {
    const known = this.#known(name, call);
    if (known !== undefined) return await (known as Promise<A>); // The name of the step tells its type.
    const payment = this.#payment;
    if (payment?.instanceId !== call.instanceId) return failed('card_removed');
    return await this.#step(name, { call, payment }, async () => {
      const { session } = payment;
      if (session === undefined || this.#payment !== payment) return failed('card_removed');
      this.#amountMinor = call.amountMinor ?? this.#amountMinor;
      const answer = await run(session, { amountMinor: call.amountMinor, signal: call.signal });
      this.#tell(payment, answer);
      return answer;
    });
  }

  /** Shows the customer how the payment ended, if it did; a card in the reader is to be taken out as well. */
  #tell(payment: Payment, answer: Outcome<object, string>): void {
    const { session } = payment;
    const prompts = promptsOfEnding(answer, session?.facts.entry);
    // What the customer has read stands, whatever a later step hears.
    if (prompts === undefined || payment.isTold || session?.isSettled === false) return;
    payment.isTold = true;
    this.#prompt(prompts);
  }

  async #step<A extends { kind: string }>(
    name: string,
    { call, payment }: { call: PaymentCall; payment: Payment },
    run: () => Promise<A>,
  ): Promise<A> {
    const id = `${name} ${call.key}`;
    payment.running += 1;
    const answer = payment.turn.then(run);
    payment.turn = answer.catch(() => undefined);
    payment.answers.set(id, answer);
    try {
      const given = await answer;
      // What failed has changed nothing, or the session knows: it may be tried again under its key.
      if (given.kind !== 'done') payment.answers.delete(id);
      return given;
    } catch (error) {
      payment.answers.delete(id);
      throw error;
    } finally {
      payment.running -= 1;
      this.#touch(payment);
    }
  }

  #known(name: string, { instanceId, key }: PaymentCall): Promise<{ kind: string }> | undefined {
    return this.#payment?.instanceId === instanceId ? this.#payment.answers.get(`${name} ${key}`) : undefined;
  }

  /** Whether the terminal is another's: at work, or resting for less than a minute before its outcome. */
  #isTaken(instanceId: string): boolean {
    const payment = this.#payment;
    if (payment === undefined) return false;
    if (payment.running > 0) return true;
    if (payment.instanceId === instanceId || payment.session === undefined || payment.session.isSettled)
      return false;
    return this.#options.ports.clock.monotonicMs() - payment.touchedMs < IDLE_MS;
  }

  #begin({ instanceId, amountMinor }: WithAmount): Payment {
    this.#counter += 1;
    this.#amountMinor = amountMinor ?? 0n;
    const turn = Promise.resolve();
    this.#payment = {
      ...{ instanceId, session: undefined, answers: new Map(), turn },
      ...{ isTold: false, running: 0, touchedMs: 0 },
    };
    return this.#payment;
  }

  #touch(payment: Payment): void {
    const { clock, timers } = this.#options.ports;
    payment.touchedMs = clock.monotonicMs();
    if (this.#payment !== payment) return;
    this.#cancelWipe();
    this.#cancelWipe = timers.after(KEPT_MS, () => {
      if (payment.running === 0 && this.#payment === payment) void this.#drop();
    });
  }

  async #drop(): Promise<{ mustReverse: boolean }> {
    this.#cancelWipe();
    const payment = this.#payment;
    this.#payment = undefined;
    return await end(payment);
  }

  #pins() {
    const { pinPad, currency, locale } = this.#options;
    const amountOf = () => must(this.#amountText(this.#amountMinor), 'an amount has a text');
    return createPinAsker(pinPad, {
      promptOf: () => ({ amount: amountOf(), currency, locale }),
      onAsk: () => this.#prompt('enter_pin', amountOf()),
      onAsked: () => this.#prompt('please_wait'),
    });
  }

  #amountText(amountMinor: bigint | undefined): string | undefined {
    return amountMinor === undefined
      ? undefined
      : formatMoney(amountMinor, this.#options.currency, this.#format);
  }
}

/** Amounts that a card cannot be told: tag 9F02 has twelve digits and no sign. */
function isUnpayable({ amountMinor = 0n }: WithAmount): boolean {
  return amountMinor < 0n || amountMinor >= AMOUNT_END;
}

/** Ends a payment once its last step has. */
async function end(payment: Payment | undefined): Promise<{ mustReverse: boolean }> {
  await payment?.turn;
  return (await payment?.session?.end()) ?? { mustReverse: false };
}
