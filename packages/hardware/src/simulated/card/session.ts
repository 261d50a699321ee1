/**
 * What a chip holds between power and no power: the application that is selected, how far its payment has come, and what the
 * terminal told. Nothing of it outlives the power; what must is in the card's memory.
 */
import { must, type Random } from '@holdfast/base';
import {
  type ApduCommand,
  type ApduResponse,
  type CryptogramType,
  type DolEntry,
  parseDol,
} from '@holdfast/cards';
import type { ChipApplication, Interface, InterfaceProfile } from './application.ts';
import type { MadeCard } from './make-card.ts';
import type { ApplicationMemory, CardState } from './memory.ts';

/** How far a payment has come. */
export type Stage = 'selected' | 'initiated' | 'online' | 'completed';

/** One application from its selection on. */
export type Payment = {
  application: ChipApplication;
  profile: InterfaceProfile;
  memory: ApplicationMemory;
  stage: Stage;
  /** Values of the terminal by their tags, the latest of each. */
  terminal: Map<string, Uint8Array>;
  pdolData: Uint8Array;
  cdol1Data: Uint8Array;
  /** Records that are made for this payment alone. */
  records: Map<string, Uint8Array>;
  pin: 'none' | 'right' | 'wrong';
  isPinEnciphered: boolean;
  isDdaDone: boolean;
  first: CryptogramType | undefined;
  cryptogram: Uint8Array;
  issuer: 'unheard' | 'proven' | 'disproven';
  /** The Card Status Update that the issuer authenticated. */
  statusUpdate: Uint8Array | undefined;
  scriptIndex: number;
  /** A command of the issuer failed: the card takes no other in this payment. */
  isScriptFailed: boolean;
  /** As they were when the payment began, for the issuer. */
  before: Pick<ApplicationMemory, 'is_online_pending' | 'is_issuer_unproven' | 'goes_online_next'>;
};

/** A powered chip. Commands change it; `save` makes the memory durable. */
export type Session = {
  card: MadeCard;
  via: Interface;
  state: CardState;
  random: Random;
  save(): Promise<void>;
  /** The directory is selected, so that its records can be read. */
  isDirectory: boolean;
  payment: Payment | undefined;
  /** Of GET CHALLENGE, good for the next command only. */
  challenge: Uint8Array | undefined;
};

/** Answers one command. */
export type Handler = (session: Session, command: ApduCommand) => Promise<ApduResponse> | ApduResponse;

const NOTHING = new Uint8Array();

export function ok(data: Uint8Array = NOTHING): ApduResponse {
  return { data, sw: 0x9000 };
}

export function status(sw: number): ApduResponse {
  return { data: NOTHING, sw };
}

/** A payment with an application that was just selected. */
export function newPayment(
  session: Session,
  application: ChipApplication,
  profile: InterfaceProfile,
): Payment {
  const index = session.card.applications.indexOf(application);
  const memory = must(session.state.applications[index], 'each application has its memory');
  return {
    application,
    profile,
    memory,
    stage: 'selected',
    terminal: new Map(),
    pdolData: NOTHING,
    cdol1Data: NOTHING,
    records: new Map(),
    pin: 'none',
    isPinEnciphered: false,
    isDdaDone: false,
    first: undefined,
    cryptogram: NOTHING,
    issuer: 'unheard',
    statusUpdate: undefined,
    scriptIndex: 0,
    isScriptFailed: false,
    before: { is_online_pending: false, is_issuer_unproven: false, goes_online_next: false },
  };
}

/** Takes over the values of a list that the card made itself; their length was compared before. */
export function takeValues(payment: Payment, list: Uint8Array, data: Uint8Array): void {
  let at = 0;
  for (const { tag, length } of entriesOf(list)) {
    payment.terminal.set(tag, data.slice(at, at + length));
    at += length;
  }
}

/** The entries of a list that the card made itself. */
export function entriesOf(list: Uint8Array): readonly DolEntry[] {
  const parsed = parseDol(list);
  return parsed.ok ? parsed.entries : [];
}

/** A counter of two bytes, as tags 9F36 and 9F13 have it. */
export function counterBytes(counter: number): Uint8Array {
  return Uint8Array.of(counter >> 8, counter & 0xff);
}
