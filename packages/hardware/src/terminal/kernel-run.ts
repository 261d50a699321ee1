/**
 * One run of a kernel against a card, moved from rest to rest: a workflow asks for a stage, the run answers whatever the
 * kernel asks until it is there, and waits. Whatever happens in between (the card is pulled out, the PIN pad is
 * cancelled) ends the run, and its outcome stays.
 */
import { assert } from '@holdfast/base';
import {
  type AuthorisationRequest,
  encodeCommand,
  type Interruption,
  type Kernel,
  type KernelAnswer,
  type KernelProgress,
  type KernelQuestion,
  type KernelStep,
  type PaymentChanges,
  type PaymentOutcome,
  parseResponse,
  SW,
  triesLeft as triesLeftOf,
} from '@holdfast/cards';
import type { CardLink } from '../ports/card-reader.ts';
import type { OnlinePin } from '../ports/pin-pad.ts';
import type { IssuerAnswer } from './payment-types.ts';
import type { PinAsker } from './pin-asker.ts';

/** How far to go: to a checkpoint of the kernel, to the question to the issuer, to the end. */
export type Goal = KernelProgress['stage'] | 'issuer' | 'end';

const RANKS = { read: 0, examined: 1, verified: 2, issuer: 3, end: 4 } as const satisfies Record<
  Goal,
  number
>;
const NOWHERE = -1;

/** What a move may need. */
export type MoveUse = { signal: AbortSignal; changes: PaymentChanges; issuer?: IssuerAnswer | undefined };

export type KernelRun = {
  /** What the kernel said at its last checkpoint. */
  readonly progress: KernelProgress | undefined;
  readonly outcome: PaymentOutcome | undefined;
  /** The question to the issuer, once it was asked; its card data are wiped with the run. */
  readonly request: AuthorisationRequest | undefined;
  /** A PIN that was taken for the issuer. */
  readonly onlinePin: OnlinePin | undefined;
  /** What came of the questions for an offline PIN. */
  readonly pin: { wrong: number };
  /** Goes on until the goal is reached or the payment has ended. */
  advance(goal: Goal, use: MoveUse): Promise<void>;
  /** Ends it where it is. */
  breakOff(kind: Interruption['kind']): void;
  wipe(): void;
};

export type KernelRunOptions = {
  kernel: Kernel;
  link: CardLink;
  pins: PinAsker;
  /** Called with the card before anything is decided about it. */
  onCard(card: NonNullable<KernelProgress['card']>): Promise<void>;
  choose(labels: readonly string[], signal: AbortSignal): Promise<number | undefined>;
};

type Asked = KernelQuestion;

/** A run that has not begun. */
export function createKernelRun(options: KernelRunOptions): KernelRun {
  return new Run(options);
}

class Run implements KernelRun {
  readonly #options: KernelRunOptions;
  #step: KernelStep | undefined;
  progress: KernelProgress | undefined;
  request: AuthorisationRequest | undefined;
  onlinePin: OnlinePin | undefined;
  readonly pin = { wrong: 0 };

  constructor(options: KernelRunOptions) {
    this.#options = options;
  }

  get outcome(): PaymentOutcome | undefined {
    return this.#step?.kind === 'done' ? this.#step.outcome : undefined;
  }

  async advance(goal: Goal, use: MoveUse): Promise<void> {
    const { kernel } = this.#options;
    this.#step ??= kernel.start();
    while (this.#step.kind === 'ask') {
      const { question } = this.#step;
      await this.#note(question);
      if (rankOf(question) >= RANKS[goal]) return;
      const answer = await this.#answer(question, use).catch((error: unknown) => {
        this.breakOff('card_error');
        throw error;
      });
      // A break-off may have ended the run while a device was asked.
      if (this.outcome === undefined) this.#step = kernel.answer(answer);
    }
  }

  breakOff(kind: Interruption['kind']): void {
    if (this.outcome !== undefined) return;
    this.#step ??= this.#options.kernel.start();
    if (this.#step.kind === 'ask') this.#step = this.#options.kernel.answer({ to: 'any', kind });
  }

  wipe(): void {
    this.breakOff('cancelled');
    this.request?.pan.wipe();
    this.request?.track2?.wipe();
    const { outcome } = this;
    if (outcome === undefined || outcome.kind === 'terminated') return;
    outcome.evidence.card.pan.wipe();
    outcome.evidence.card.track2?.wipe();
  }

  /** Keeps what a question tells; each is noted once. */
  async #note(question: Asked): Promise<void> {
    if (question.ask === 'authorise') this.request = question;
    if (question.ask !== 'checkpoint' || question.progress === this.progress) return;
    this.progress = question.progress;
    const { card } = question.progress;
    if (card !== undefined) await this.#options.onCard(card);
  }

  async #answer(question: Asked, use: MoveUse): Promise<KernelAnswer | Interruption> {
    switch (question.ask) {
      case 'transmit':
        return await transmit(question.command, this.#options.link);
      case 'choose_application': {
        const labels = question.choices.map(({ label }) => label);
        const index = await this.#options.choose(labels, use.signal);
        if (index === undefined) return { to: 'any', kind: 'cancelled' };
        return { to: 'choose_application', kind: 'chosen', index };
      }
      case 'offline_pin':
        return await this.#askOfflinePin(question, use);
      case 'online_pin':
        return await this.#askOnlinePin(question, use);
      case 'checkpoint':
        return { to: 'checkpoint', kind: 'go_on', changes: use.changes };
      case 'authorise':
        return use.issuer === undefined
          ? { to: 'authorise', kind: 'unreachable' }
          : { to: 'authorise', ...use.issuer };
    }
  }

  async #askOfflinePin(
    { triesLeft, encipherment }: Extract<Asked, { ask: 'offline_pin' }>,
    { signal }: MoveUse,
  ): Promise<KernelAnswer | Interruption> {
    const { pins, link } = this.#options;
    const way = encipherment
      ? ({ kind: 'enciphered', ...encipherment } as const)
      : ({ kind: 'plain' } as const);
    const answer = await pins.verify({ triesLeft: triesLeft ?? null, way, link, signal });
    const sw = answer.to === 'offline_pin' && answer.kind === 'presented' ? answer.sw : SW.ok;
    if (triesLeftOf(sw) !== undefined || sw === SW.authenticationBlocked) this.pin.wrong += 1;
    return answer;
  }

  async #askOnlinePin(
    { pan }: Extract<Asked, { ask: 'online_pin' }>,
    { signal }: MoveUse,
  ): Promise<KernelAnswer | Interruption> {
    const { answer, pin } = await this.#options.pins.encrypt({ pan, signal });
    this.onlinePin = pin;
    return answer;
  }
}

/** Where a question stands on the way; a tap has no rest between its end and the PIN for the issuer. */
function rankOf(question: Asked): number {
  switch (question.ask) {
    case 'checkpoint':
      return RANKS[question.progress.stage];
    case 'offline_pin':
    case 'online_pin':
      return RANKS.examined;
    case 'authorise':
      return RANKS.issuer;
    case 'transmit':
    case 'choose_application':
      return NOWHERE;
  }
}

/** One command to the card; both its bytes and those of the answer are overwritten, a PIN or a number may be in them. */
async function transmit(
  command: Extract<Asked, { ask: 'transmit' }>['command'],
  link: CardLink,
): Promise<KernelAnswer | Interruption> {
  const isOfIssuer = command instanceof Uint8Array;
  const bytes = isOfIssuer ? command : encodeCommand(command);
  const answer = await link.transmit(bytes).finally(() => {
    if (!isOfIssuer) bytes.fill(0);
  });
  if (answer.kind === 'removed') return { to: 'any', kind: 'card_removed' };
  if (answer.kind === 'mute') return { to: 'any', kind: 'card_error' };
  assert(answer.kind === 'answer', 'a link answers in one of its three ways');
  const parsed = parseResponse(answer.response);
  answer.response.fill(0);
  if (!parsed.ok) return { to: 'any', kind: 'card_error' };
  return { to: 'transmit', kind: 'response', response: parsed.response };
}
