/**
 * The state of one payment while a kernel runs: what the card told, what the terminal found. Values of the card are
 * copies that are wiped at the end, because a card number and a track are among them.
 */
import { assert, must } from '@holdfast/base';
import type { Element } from '../../apdu/answers.ts';
import { CardData } from '../../card-data.ts';
import { readCompressed } from '../../encoding/bcd.ts';
import type { AuthenticatedRecord } from '../../oda/static-data.ts';
import { encodeTlv } from '../../tlv/ber-tlv.ts';
import { buildDolData, dolDataLength, parseDol } from '../../tlv/dol.ts';
import { tagInfo } from '../../tlv/tags.ts';
import { AIP, type Aip, TERMINAL_CAPABILITIES, TSI, TVR } from '../bits.ts';
import { CVM_NOT_PERFORMED, writeCvmResults } from '../cvm-results.ts';
import { readTerminalType } from '../terminal-type.ts';
import { binary, numeric } from './amounts.ts';
import type { PaymentChanges } from './checkpoint.ts';
import type { CardIdentity, Outcome, Termination } from './outcome.ts';
import type { ApplicationProfile, CardView, KernelSetting } from './profile.ts';

const TEXT = new TextEncoder();
/** Of tag 9F37. */
export const UNPREDICTABLE_LENGTH = 4;
/** What fits into a command together with its template. */
const DOL_DATA_MAX = 252;
/** What an issuer or acquirer gets of a payment: inputs of the cryptogram, and what it is judged by. */
const CHIP_DATA_TAGS = [
  ...[
    '82',
    '84',
    '95',
    '9A',
    '9B',
    '9C',
    '5F2A',
    '5F34',
    '8A',
    '9F02',
    '9F03',
    '9F06',
    '9F09',
    '9F10',
    '9F1A',
  ],
  ...['9F1E', '9F26', '9F27', '9F33', '9F34', '9F35', '9F36', '9F37', '9F41', '9F66', '9F6E', '9F7C'],
] as const;

/** A list of verification without rules is too short, and counts as none (Book 3 10.5); its reader decides. */
const READ_BY_THEMSELVES: ReadonlySet<string> = new Set(['8E']);

/** State of one payment; ends with {@link Transaction.wipe}. */
export class Transaction {
  setting: KernelSetting;
  readonly tvr = TVR.none();
  readonly tsi = TSI.none();
  readonly capabilities;
  readonly terminalType;
  cvmResults = CVM_NOT_PERFORMED;
  isSignatureRequired = false;
  application: { profile: ApplicationProfile; aid: Uint8Array; label: string } | undefined;
  pdolData = new Uint8Array();
  cdol1Data = new Uint8Array();
  /** CDA was chosen, and has not failed. */
  isCombinedWanted = false;
  /** Tags that came with the processing options; records must not bring them again. */
  readonly optionTags = new Set<string>();
  readonly authenticatedRecords: AuthenticatedRecord[] = [];
  readonly scriptResults: Uint8Array[] = [];
  /** The card answered the final SELECT: from here on the stripe must not stand in for the chip. */
  isSelected = false;
  /** The issuer approved, or may have, and no cryptogram of the card has confirmed it yet. */
  isIssuerApprovalOpen = false;
  /** The card is tapped: an online PIN is asked for when it has left the field. */
  isTap = false;
  isOnlinePinDue = false;
  /** What stands even if the card is pulled out from now on. */
  settled: Outcome | undefined;
  #toldTvr: Uint8Array | undefined;
  readonly #card = new Map<string, Uint8Array>();
  readonly #terminal = new Map<string, Uint8Array>();

  constructor(setting: KernelSetting) {
    const { terminal } = setting;
    this.setting = setting;
    this.capabilities = must(
      TERMINAL_CAPABILITIES.read(terminal.capabilities),
      'terminal capabilities are 3 bytes',
    );
    this.terminalType = must(
      readTerminalType(terminal.terminalType),
      'the terminal type is one of Book 4 A1',
    );
    for (const { tag, value } of terminalElements(setting)) this.#terminal.set(tag, value);
    this.setTerminal('9F37', setting.random.bytes(UNPREDICTABLE_LENGTH));
  }

  /** Adds an element of the card, replacing one of the same tag; false if its length is not that of its tag. */
  setCard({ tag, value }: Element): boolean {
    const info = tagInfo(tag);
    // What only the terminal or the issuer can know is not the card's to say.
    if (info !== undefined && info.source !== 'card') return true;
    const isFitting = info === undefined || (value.length >= info.bytesMin && value.length <= info.bytesMax);
    if (!isFitting && !READ_BY_THEMSELVES.has(tag)) return false;
    this.#card.get(tag)?.fill(0);
    this.#card.set(tag, value.slice());
    return true;
  }

  dropCard(tag: string): void {
    this.#card.get(tag)?.fill(0);
    this.#card.delete(tag);
  }

  setTerminal(tag: string, value: Uint8Array): void {
    this.#terminal.set(tag, value);
  }

  /** Replaces what has changed of the payment. */
  changePayment(changes: PaymentChanges): void {
    const payment = { ...this.setting.payment, ...changes };
    assert(payment.amount >= 0n, 'amounts of a payment are not negative');
    this.setting = { ...this.setting, payment };
    for (const { tag, value } of amountElements(payment.amount)) this.setTerminal(tag, value);
  }

  /** Sets the Authorisation Response Code, or takes it back while the issuer is still to be asked. */
  setArc(arc: string | undefined): void {
    if (arc === undefined) this.#terminal.delete('8A');
    else this.#terminal.set('8A', TEXT.encode(arc));
  }

  /** An element of the card; undefined where it has none, or an empty one. */
  card(tag: string): Uint8Array | undefined {
    const value = this.#card.get(tag);
    return value?.length === 0 ? undefined : value;
  }

  /** An element of the card or the terminal, as lists of wishes and chip data ask for it. */
  value(tag: string): Uint8Array | undefined {
    if (tag === '95') return TVR.write(this.tvr);
    if (tag === '9B') return TSI.write(this.tsi);
    if (tag === '9F34') return writeCvmResults(this.cvmResults);
    return this.#terminal.get(tag) ?? this.card(tag);
  }

  /** Forgets the elements of an application that is given up. */
  forgetCard(): void {
    for (const value of this.#card.values()) value.fill(0);
    this.#card.clear();
    this.#toldTvr = undefined;
  }

  /** The data that a list of the card asks for; undefined where the list is malformed or asks for too much. */
  dolData(list: Uint8Array, bytesMax = DOL_DATA_MAX): Uint8Array<ArrayBuffer> | undefined {
    const parsed = parseDol(list);
    if (!parsed.ok || dolDataLength(parsed.entries) > bytesMax) return undefined;
    if (parsed.entries.some(({ tag }) => tag === '95')) this.#toldTvr = TVR.write(this.tvr);
    return new Uint8Array(buildDolData(parsed.entries, (tag) => this.value(tag)));
  }

  get aip(): Aip {
    return AIP.read(this.card('82') ?? new Uint8Array(AIP.length)) ?? AIP.none();
  }

  get selected(): { profile: ApplicationProfile; aid: Uint8Array; label: string } {
    return must(this.application, 'an application has been selected');
  }

  get sequenceNumber(): number | undefined {
    const byte = this.card('5F34')?.[0];
    return byte === undefined ? undefined : 10 * (byte >> 4) + (byte & 0xf);
  }

  /** The card number in ASCII digits, to be wiped by the receiver. */
  panDigits(): Uint8Array {
    return must(readCompressed(must(this.card('5A'), 'the card has a number')), 'the number has digits only');
  }

  view(): CardView {
    return {
      value: (tag) => this.card(tag),
      aid: this.selected.aid,
      authenticatedRecords: this.authenticatedRecords,
      date: this.setting.payment.date,
    };
  }

  identity(): CardIdentity {
    const track2 = this.card('57');
    return {
      aid: this.selected.aid,
      label: this.selected.label,
      pan: CardData.take(this.panDigits()),
      track2: track2 && CardData.copyOf(track2),
      sequenceNumber: this.sequenceNumber,
      expirationDate: must(this.card('5F24'), 'the card has an expiration date').slice(),
    };
  }

  /**
   * The content of field 55: neither number nor track are among the tags. The TVR is the one that the card was told last,
   * since its cryptogram is over that; what the terminal found out afterwards is in the TVR of the outcome.
   */
  chipData(): Uint8Array {
    const found = CHIP_DATA_TAGS.flatMap((tag) => {
      const value = tag === '95' ? (this.#toldTvr ?? this.value(tag)) : this.value(tag);
      return value === undefined ? [] : [{ tag, value }];
    });
    return encodeTlv(found);
  }

  terminated(reason: Termination, isFallbackAllowed = false): Outcome {
    return { kind: 'terminated', reason, isFallbackAllowed, mustReverse: this.isIssuerApprovalOpen };
  }

  wipe(): void {
    this.forgetCard();
    for (const { record } of this.authenticatedRecords) record.fill(0);
    this.cdol1Data.fill(0);
    this.pdolData.fill(0);
  }
}

function amountElements(amount: bigint): Element[] {
  return [
    { tag: '9F02', value: numeric(amount, 6) },
    { tag: '81', value: binary(amount) },
  ];
}

function terminalElements({ terminal, payment }: KernelSetting): Element[] {
  assert(payment.amount >= 0n && payment.otherAmount >= 0n, 'amounts of a payment are not negative');
  return [
    ...terminal.elements,
    ...amountElements(payment.amount),
    { tag: '9F03', value: numeric(payment.otherAmount, 6) },
    { tag: '9F04', value: binary(payment.otherAmount) },
    { tag: '5F2A', value: payment.currency },
    { tag: '5F36', value: numeric(payment.currencyExponent, 1) },
    { tag: '9A', value: payment.date },
    { tag: '9F21', value: payment.time },
    { tag: '9C', value: Uint8Array.of(payment.transactionType) },
    { tag: '9F41', value: numeric(payment.sequenceCounter, 4) },
    { tag: '9F1A', value: terminal.country },
    { tag: '9F33', value: terminal.capabilities },
    { tag: '9F35', value: Uint8Array.of(terminal.terminalType) },
    { tag: '9F40', value: terminal.additionalCapabilities },
  ];
}
