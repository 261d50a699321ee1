/** What the card makes of its issuer's answer (EMV Book 2 8.2, Book 3 10.9 and annex C10). */
import { CSU, readIssuerAuthentication, SW } from '@holdfast/cards';
import { PIN_TRY_LIMIT } from './make-card.ts';
import { counterBytes, type Handler, ok, type Payment, type Session, status } from './session.ts';

const DATA_MIN = 8;
const DATA_MAX = 16;
const UPDATE_LENGTH = 4;
const LOW_HALF = 0x0f;

/** EXTERNAL AUTHENTICATE: once in a payment, after a request to the issuer, for cards that take the answer this way. */
export const externalAuthenticate: Handler = (session, { p1, p2, data }) => {
  const { payment } = session;
  if (payment?.application.product.issuerAuthentication === 'in_cdol2') {
    return status(SW.instructionNotSupported);
  }
  if (payment?.stage !== 'online' || payment.issuer !== 'unheard') return status(SW.conditionsNotSatisfied);
  if (p1 !== 0x00 || p2 !== 0x00) return status(SW.wrongP1P2);
  if (data === undefined || data.length < DATA_MIN || data.length > DATA_MAX) return status(SW.wrongLength);
  return hearIssuer(payment, data) ? ok() : status(SW.warning);
};

/** Checks tag 91 with the card's key, and keeps what became of it; true if it is the issuer's. */
export function hearIssuer(payment: Payment, data: Uint8Array): boolean {
  const { application, memory, terminal, cryptogram } = payment;
  const code = readIssuerAuthentication(application.product.cryptogramVersion, {
    data,
    arqc: cryptogram,
    masterKey: application.keys.ac,
    atc: counterBytes(memory.atc),
    unpredictableNumber: terminal.get('9F37'),
  });
  payment.issuer = code === undefined ? 'disproven' : 'proven';
  payment.statusUpdate = code?.length === UPDATE_LENGTH ? code : undefined;
  return code !== undefined;
}

/** Counters after an issuer that is proven: by its update where there is one, else they begin anew. */
export function obeyStatusUpdate({ state }: Session, { memory, statusUpdate }: Payment): void {
  const update = statusUpdate && CSU.read(statusUpdate);
  if (update === undefined) {
    memory.last_online_atc = memory.atc;
    return;
  }
  if (update.blockCard) state.is_blocked = true;
  if (update.blockApplication) memory.is_blocked = true;
  if (update.updatePinTryCounter) {
    state.pin_tries_left = Math.min((statusUpdate?.[0] ?? 0) & LOW_HALF, PIN_TRY_LIMIT);
  }
  memory.goes_online_next = update.goOnlineNext;
  // 00 leaves the counters, 01 sets them to the upper limit, 10 to zero, 11 counts this payment as one offline.
  if (update.countersHigh && !update.countersLow) memory.last_online_atc = memory.atc;
  if (!update.countersHigh && update.countersLow) {
    memory.last_online_atc = Math.max(0, memory.atc - memory.upper_limit);
  }
}
