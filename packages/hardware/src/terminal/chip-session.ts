/**
 * A payment with a chip, by contact or by a tap: the steps of a workflow on top of one run of a kernel. By contact the
 * card waits in the reader between the steps. A tap is over before the first step has ended: what the card said then
 * stands. What was tapped, verified or asked about is for one amount: another one needs the card again.
 */
import { assert, must } from '@holdfast/base';
import type { PaymentChanges, PaymentOutcome, Tvr } from '@holdfast/cards';
import { readCvmResults, TVR } from '@holdfast/cards';
import type { CardLink } from '../ports/card-reader.ts';
import type { Outcome } from '../ports/device.ts';
import { evidenceOf, verificationOf } from './card-evidence.ts';
import { chipDataOf } from './chip-data.ts';
import { codeOf, failed } from './failures.ts';
import type { Goal, KernelRun } from './kernel-run.ts';
import type {
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
  VerifyAnswer,
} from './payment-types.ts';
import type { CardRisk } from './terminal-options.ts';

export type ChipSessionOptions = {
  run: KernelRun;
  link: CardLink;
  entry: 'chip' | 'contactless';
  facts: CardFacts;
  card: SettlementCard;
  /** Minor units; what the payment began with, undefined while nobody knows. */
  amountMinor: bigint | undefined;
  risk: CardRisk;
  canGoOnline(): boolean;
  /** The card is not needed any more: the customer may take it. */
  onSettled(): void;
};

type Finished = Extract<PaymentOutcome, { kind: 'approved' | 'declined' }>;

export class ChipSession implements CardSession {
  readonly facts: CardFacts;
  readonly #options: ChipSessionOptions;
  readonly #run: KernelRun;
  #amountMinor: bigint | undefined;
  #isForcedOnline = false;
  /** The issuer was asked about this payment. */
  #isPrepared = false;
  /** What it answered first; undefined while it was not heard. */
  #isIssuerWilling: boolean | undefined;
  /** A step has heard the answer of the card; that of a tap waits for the step that asks for it. */
  #isTold = false;

  constructor(options: ChipSessionOptions) {
    this.facts = options.facts;
    this.#options = options;
    this.#run = options.run;
    this.#amountMinor = options.amountMinor;
  }

  get isSettled(): boolean {
    return this.#isTold || this.#run.outcome?.kind === 'terminated';
  }

  async validate(use: StepUse): Promise<Outcome<object, ValidationFailure>> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    await this.#advance('examined', use);
    const { risk } = this.#options;
    const code =
      this.#interruption() ?? (risk.isListed(this.facts.token) ? 'card_blocked' : validityOf(this.#tvr()));
    return code === undefined ? { kind: 'done' } : failed(code);
  }

  async verify(use: StepUse): Promise<VerifyAnswer> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    await this.#advance('verified', use);
    const interruption = this.#interruption();
    if (interruption !== undefined) return failed(interruption);
    const known = this.#cvm();
    if (readCvmResults(known.cvmResults)?.result !== 'failed')
      return { kind: 'done', verification: this.#verification() };
    return failed(this.#verificationFailure());
  }

  async approve(use: StepUse): Promise<ApproveAnswer> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    await this.#advance('issuer', use);
    if (this.#run.request !== undefined && this.#run.outcome === undefined) {
      // Whoever was asked and has not answered cannot be asked again.
      if (this.#options.canGoOnline() && !this.#isPrepared) return failed('online_required');
      await this.#advance('end', use);
    }
    const interruption = this.#interruption();
    if (interruption !== undefined) return failed(interruption);
    const outcome = this.#finished();
    return outcome.kind === 'approved'
      ? { kind: 'done', evidence: evidenceOf(outcome.evidence, this.facts, this.#verification()) }
      : failed('declined_by_card');
  }

  async prepareOnline(use: StepUse): Promise<PrepareAnswer> {
    if (this.#isOtherAmount(use)) return failed('card_removed');
    this.#isForcedOnline = true;
    await this.#advance('issuer', use);
    const interruption = this.#interruption();
    if (interruption !== undefined) return failed(interruption);
    const { request, onlinePin } = this.#run;
    if (this.#run.outcome !== undefined)
      return failed(this.#finished().kind === 'approved' ? 'approved_by_card' : 'declined_by_card');
    this.#isPrepared = true;
    const { chipData } = must(request, 'a payment without an outcome waits for its issuer');
    const { entry, card } = this.#options;
    const { token } = this.facts;
    return { kind: 'done', request: { entry, token, card, chipData, pin: onlinePin ?? null } };
  }

  async completeOnline(issuer: IssuerAnswer, use: StepUse): Promise<CompleteAnswer> {
    if (!this.#isPrepared) return failed('not_prepared');
    this.#isIssuerWilling ??= issuer.isApproved;
    await this.#advance('end', use, issuer);
    const interruption = this.#interruption();
    if (interruption !== undefined) {
      assert(
        interruption !== 'card_blocked' && interruption !== 'card_not_accepted',
        'the card was accepted',
      );
      return failed(interruption);
    }
    const { evidence, kind } = this.#finished();
    const told = evidenceOf(evidence, this.facts, this.#verification());
    return {
      kind: 'done',
      isApproved: kind === 'approved',
      evidence: told,
      mustReverse: this.#mustReverse(),
    };
  }

  settlement(): SettlementData | undefined {
    const { outcome } = this.#run;
    if (outcome === undefined || outcome.kind === 'terminated') return undefined;
    const { entry, card } = this.#options;
    const { chipData, arc } = outcome.evidence;
    return { entry, token: this.facts.token, card, chipData, responseCode: arc };
  }

  async end(): Promise<{ mustReverse: boolean }> {
    this.#run.breakOff('cancelled');
    const mustReverse = this.#mustReverse();
    await this.#options.link.release();
    this.#run.wipe();
    this.#options.card.pan.wipe();
    this.#options.card.track2?.wipe();
    return { mustReverse };
  }

  async #advance(goal: Goal, use: StepUse, issuer?: IssuerAnswer): Promise<void> {
    if (this.#run.outcome !== undefined) return;
    const { entry, link } = this.#options;
    if (entry === 'chip') {
      this.#amountMinor = use.amountMinor ?? this.#amountMinor;
      if (link.removed.aborted) this.#run.breakOff('card_removed');
    }
    const amount = this.#amountMinor;
    const changes: PaymentChanges = {
      ...(amount !== undefined && { amount }),
      isForcedOnline: this.#isForcedOnline,
    };
    await this.#run.advance(goal, { signal: use.signal, changes, issuer });
    if (this.#run.outcome !== undefined) this.#options.onSettled();
  }

  #isOtherAmount({ amountMinor }: StepUse): boolean {
    if (amountMinor === undefined || amountMinor === this.#amountMinor) return false;
    if (this.#options.entry === 'contactless') return true;
    const { outcome, request, progress } = this.#run;
    if (outcome !== undefined) return outcome.kind !== 'terminated';
    const isVerified = progress?.stage === 'verified' && this.#amountMinor !== undefined;
    return isVerified || request !== undefined;
  }

  /** An issuer that was asked may have approved, unless it said no, or the card has heard its answer. */
  #mustReverse(): boolean {
    const { outcome } = this.#run;
    if (!this.#isPrepared || this.#isIssuerWilling === false) return false;
    const isHeard = outcome !== undefined && outcome.kind !== 'terminated' && outcome.how === 'online';
    return isHeard ? outcome.mustReverse : true;
  }

  #interruption() {
    const { outcome } = this.#run;
    return outcome?.kind === 'terminated' ? codeOf(outcome.reason) : undefined;
  }

  #finished(): Finished {
    const { outcome } = this.#run;
    assert(outcome !== undefined && outcome.kind !== 'terminated', 'the card has given its answer');
    this.#isTold = true;
    return outcome;
  }

  /** The newest bits that are known: of the outcome, of what went to the issuer, of the last rest. */
  #tvr(): Tvr {
    const { outcome, request, progress } = this.#run;
    const ofOutcome =
      outcome === undefined || outcome.kind === 'terminated' ? undefined : outcome.evidence.tvr;
    const bytes = ofOutcome ?? (request && chipDataOf(request.chipData, '95')) ?? progress?.tvr;
    return must(bytes && TVR.read(bytes), 'a card that was read has verification results');
  }

  #cvm(): { cvmResults: Uint8Array; isSignatureRequired: boolean } {
    const { outcome, request, progress } = this.#run;
    if (outcome !== undefined && outcome.kind !== 'terminated') return outcome.evidence;
    const rested = must(progress, 'a card that was read has come to a rest');
    const asked = request && chipDataOf(request.chipData, '9F34');
    return { ...rested, ...(asked && { cvmResults: asked }) };
  }

  #verification() {
    return this.#run.onlinePin === undefined ? verificationOf(this.#cvm()) : 'online_pin';
  }

  #verificationFailure() {
    const tvr = this.#tvr();
    if (tvr.pinTryLimitExceeded) return 'pin_locked';
    if (this.#run.pin.wrong > 0) return 'wrong_pin';
    if (tvr.pinNotEntered) return 'pin_bypassed';
    return tvr.pinPadNotWorking ? 'no_pin_pad' : 'verification_failed';
  }
}

/** What the bits say against the card. The certificates of an expired card have expired as well: that goes before. */
function validityOf(tvr: Tvr): ValidationFailure | undefined {
  if (tvr.cardOnExceptionFile) return 'card_blocked';
  if (tvr.expiredApplication) return 'expired_card';
  if (tvr.applicationNotYetEffective) return 'card_not_yet_valid';
  if (tvr.sdaFailed || tvr.ddaFailed || tvr.cdaFailed) return 'card_not_authentic';
  return tvr.serviceNotAllowed ? 'card_not_accepted' : undefined;
}
