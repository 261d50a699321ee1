/**
 * A payment with a magnetic stripe. A stripe proves nothing, so only the rules stand between a copy and the till: the
 * service code, the floor limit, the list of cards that must not be taken. There is no answer of a card to wait for.
 */
import { must } from '@holdfast/base';
import {
  decideStripe,
  isExpired,
  type LocalDate,
  parseExpiryText,
  type ServiceCode,
  type StripeDecision,
} from '@holdfast/cards';
import type { Outcome } from '../ports/device.ts';
import type { OnlinePin } from '../ports/pin-pad.ts';
import { evidenceOfStripe } from './card-evidence.ts';
import { failed } from './failures.ts';
import type {
  ApprovalFailure,
  ApproveAnswer,
  CardFacts,
  CardSession,
  CompleteAnswer,
  IssuerAnswer,
  PrepareAnswer,
  SettlementCard,
  SettlementData,
  StepUse,
  ValidationFailure,
  Verification,
  VerifyAnswer,
} from './payment-types.ts';
import type { PinAsker } from './pin-asker.ts';
import type { CardRisk, StripeRules } from './terminal-options.ts';

export type StripeSessionOptions = {
  facts: CardFacts;
  card: SettlementCard;
  service: ServiceCode;
  /** A chip of the card was tried before, and gave out. */
  isFallback: boolean;
  today: LocalDate;
  transaction: 'purchase' | 'cash';
  isAtm: boolean;
  hasPinPad: boolean;
  hasChipReader: boolean;
  /** Undefined while nobody knows. */
  amountMinor: bigint | undefined;
  currency: string;
  rules: StripeRules;
  risk: CardRisk;
  pins: PinAsker;
  canGoOnline(): boolean;
};

type Refusal = Extract<StripeDecision, { kind: 'refused' }>['reason'];
type Accepted = Extract<StripeDecision, { kind: 'accepted' }>;

/** What the rules say; `isOnline` leaves out that nobody may be there to ask. */
export function decisionOf(of: StripeSessionOptions, isOnline = of.canGoOnline()): StripeDecision {
  return decideStripe({
    service: of.service,
    isExpired: isExpired(must(parseExpiryText(of.facts.expiry), 'a stripe has a month'), of.today),
    transaction: of.transaction,
    isAtm: of.isAtm,
    hasChipReader: of.hasChipReader,
    hasPinPad: of.hasPinPad,
    chipAttempt: of.isFallback ? 'failed' : 'none',
    acceptsFallback: of.rules.acceptsFallback,
    isOnline,
  });
}

const REFUSALS = {
  expired: 'expired_card',
  use_chip: 'card_not_accepted',
  fallback_not_accepted: 'card_not_accepted',
  service_not_allowed: 'card_not_accepted',
  pin_pad_missing: 'card_not_accepted',
  online_only: 'card_not_accepted',
} as const satisfies Record<Refusal, ValidationFailure>;

export class StripeSession implements CardSession {
  readonly facts: CardFacts;
  readonly #options: StripeSessionOptions;
  #amountMinor: bigint | undefined;
  #pin: OnlinePin | undefined;
  #isPrepared = false;
  /** What the issuer answered first; undefined while it was not heard. */
  #isIssuerWilling: boolean | undefined;
  #settled: { isApproved: boolean; how: 'offline' | 'online'; responseCode: string | null } | undefined;
  #isCancelled = false;

  constructor(options: StripeSessionOptions) {
    this.facts = options.facts;
    this.#options = options;
    this.#amountMinor = options.amountMinor;
  }

  get isSettled(): boolean {
    return this.#settled !== undefined || this.#isCancelled;
  }

  async validate(use: StepUse): Promise<Outcome<object, ValidationFailure>> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    const decided = this.#decide(use);
    return decided.kind === 'accepted' ? { kind: 'done' } : failed(decided.code);
  }

  async verify(use: StepUse): Promise<VerifyAnswer> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    const decided = this.#decide(use);
    if (decided.kind === 'refused') return failed(narrowed(decided.code));
    if (decided.decision.verification === 'signature') return { kind: 'done', verification: 'signature' };
    if (this.#pin !== undefined) return { kind: 'done', verification: 'online_pin' };
    const { answer, pin } = await this.#options.pins.encrypt({
      pan: this.#options.card.pan,
      signal: use.signal,
    });
    this.#pin = pin;
    if (pin !== undefined) return { kind: 'done', verification: 'online_pin' };
    if (answer.to === 'any') {
      this.#isCancelled = true;
      return failed('cancelled');
    }
    return failed(answer.kind === 'bypassed' ? 'pin_bypassed' : 'no_pin_pad');
  }

  async approve(use: StepUse): Promise<ApproveAnswer> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    if (this.#settled === undefined) {
      const decided = this.#decide(use);
      if (decided.kind === 'refused') return failed(narrowed(decided.code));
      if (this.#needsIssuer(decided.decision)) return failed('online_required');
      this.#settled = { isApproved: true, how: 'offline', responseCode: null };
    }
    const { isApproved, responseCode } = this.#settled;
    return isApproved ? { kind: 'done', evidence: this.#evidence(responseCode) } : failed('declined_by_card');
  }

  async prepareOnline(use: StepUse): Promise<PrepareAnswer> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    if (this.#settled !== undefined) return failed('approved_by_card');
    const verified = await this.verify(use);
    if (verified.kind === 'failed')
      return failed(verified.code === 'cancelled' ? 'cancelled' : 'declined_by_card');
    this.#isPrepared = true;
    const { card } = this.#options;
    const { token, entry } = this.facts;
    return { kind: 'done', request: { entry, token, card, chipData: null, pin: this.#pin ?? null } };
  }

  async completeOnline({ arc, isApproved }: IssuerAnswer, _use: StepUse): Promise<CompleteAnswer> {
    if (!this.#isPrepared) return failed('not_prepared');
    this.#isIssuerWilling ??= isApproved;
    this.#settled ??= { isApproved, how: 'online', responseCode: arc };
    const settled = this.#settled;
    return {
      kind: 'done',
      isApproved: settled.isApproved,
      evidence: this.#evidence(settled.responseCode),
      mustReverse: this.#mustReverse(),
    };
  }

  settlement(): SettlementData | undefined {
    if (this.#settled === undefined) return undefined;
    const { token, entry } = this.facts;
    const { responseCode } = this.#settled;
    return { entry, token, card: this.#options.card, chipData: null, responseCode };
  }

  async end(): Promise<{ mustReverse: boolean }> {
    const mustReverse = this.#mustReverse();
    this.#options.card.pan.wipe();
    this.#options.card.track2?.wipe();
    this.#isCancelled = true;
    return { mustReverse };
  }

  /** What a PIN was given for, what was paid or asked about is one amount. */
  #isOtherAmount({ amountMinor }: StepUse): boolean {
    if (amountMinor === undefined || amountMinor === this.#amountMinor) return false;
    const isVerified = this.#pin !== undefined && this.#amountMinor !== undefined;
    return isVerified || this.#isPrepared || this.#settled !== undefined;
  }

  /** An issuer that was asked may have approved, unless it said no, or its answer is what came of the payment. */
  #mustReverse(): boolean {
    return this.#isPrepared && this.#isIssuerWilling !== false && this.#settled?.how !== 'online';
  }

  #decide(
    use: StepUse,
  ): { kind: 'accepted'; decision: Accepted } | { kind: 'refused'; code: ValidationFailure } {
    this.#amountMinor = use.amountMinor ?? this.#amountMinor;
    if (this.#isCancelled) return { kind: 'refused', code: 'cancelled' };
    if (this.#options.risk.isListed(this.facts.token)) return { kind: 'refused', code: 'card_blocked' };
    const decision = decisionOf(this.#options, true);
    return decision.kind === 'accepted'
      ? { kind: 'accepted', decision }
      : { kind: 'refused', code: REFUSALS[decision.reason] };
  }

  #needsIssuer({ mustGoOnline }: Accepted): boolean {
    const { risk, rules, currency } = this.#options;
    const before = risk.lastAmount(this.facts.token, currency) ?? 0n;
    return mustGoOnline || (this.#amountMinor ?? 0n) + before >= rules.floorLimit;
  }

  #evidence(responseCode: string | null) {
    const verification: Verification = this.#pin === undefined ? 'signature' : 'online_pin';
    return evidenceOfStripe(this.facts, { verification, responseCode });
  }
}

/** Later steps know fewer words for a card that is not good: it is not accepted. */
function narrowed(code: ValidationFailure): Extract<ApprovalFailure, 'card_not_accepted' | 'cancelled'> {
  return code === 'cancelled' ? 'cancelled' : 'card_not_accepted';
}
