/**
 * Commands of the issuer to its card (EMV Book 3 6.5.1, 6.5.2, 6.5.3, 6.5.10): each with a code that the card checks with a
 * key for this payment alone. They come with an answer of the issuer, so the first cryptogram has been given before.
 */
import { type ApduCommand, type ApduResponse, decipherNewPin, readScriptCommand, SW } from '@holdfast/cards';
import { PIN_TRY_LIMIT, pinCode } from './make-card.ts';
import { counterBytes, type Handler, ok, type Payment, type Session, status } from './session.ts';

/** The code of a command is wrong (ISO/IEC 7816-4). */
const WRONG_CODE = 0x6988;
const SCRIPT_COUNT_MAX = 15;
const UNBLOCK = 0x00;
const CHANGE = 0x02;
/** PUT DATA of the card's own limits: tags 9F58 and 9F59. */
const LOWER_LIMIT = 0x9f58;
const UPPER_LIMIT = 0x9f59;

/** What a command does with data whose code was right; the answer says whether it could. */
type Deed = (
  session: Session,
  payment: Payment,
  sent: { command: ApduCommand; data: Uint8Array },
) => ApduResponse;

/** APPLICATION BLOCK: the application stays, and declines everything. */
export const blockApplication: Handler = secured((_session, { memory }) => {
  memory.is_blocked = true;
  return ok();
});

/** APPLICATION UNBLOCK. */
export const unblockApplication: Handler = secured((_session, { memory }) => {
  memory.is_blocked = false;
  return ok();
});

/** CARD BLOCK: for ever. */
export const blockCard: Handler = secured(({ state }) => {
  state.is_blocked = true;
  return ok();
});

/** PIN CHANGE/UNBLOCK: the tries are there again, with P2 02 for a new PIN. */
export const changePin: Handler = secured((session, payment, { command, data }) => {
  const { card, state } = session;
  const { application } = payment;
  if (command.p1 !== 0x00 || (command.p2 !== UNBLOCK && command.p2 !== CHANGE)) return status(SW.wrongP1P2);
  if (!application.hasOfflinePin) return status(SW.conditionsNotSatisfied);
  if (command.p2 === CHANGE) {
    using pin = decipherNewPin(application.product.cryptogramVersion, {
      keys: application.keys,
      place: placeOf(payment),
      data,
    });
    if (pin === undefined) return status(SW.wrongData);
    state.pin_code = pinCode(card.pinSecret, pin);
  } else if (data.length > 0) return status(SW.wrongLength);
  state.pin_tries_left = PIN_TRY_LIMIT;
  return ok();
});

/** PUT DATA of a limit of payments in a row without the issuer. */
export const putData: Handler = secured((_session, { memory }, { command, data }) => {
  const tag = (command.p1 << 8) | command.p2;
  const [limit] = data;
  if (tag !== LOWER_LIMIT && tag !== UPPER_LIMIT) return status(SW.referencedDataNotFound);
  if (limit === undefined || data.length !== 1) return status(SW.wrongLength);
  if (tag === LOWER_LIMIT) memory.lower_limit = limit;
  else memory.upper_limit = limit;
  return ok();
});

/** A command that is carried out only if its code is right; after a wrong one the card takes no other in this payment. */
function secured(deed: Deed): Handler {
  return async (session, command) => {
    const { payment } = session;
    if (payment?.first === undefined || session.via !== 'contact') return status(SW.conditionsNotSatisfied);
    const { application, memory } = payment;
    if (payment.isScriptFailed) return status(SW.conditionsNotSatisfied);
    const data = readScriptCommand(application.product.cryptogramVersion, {
      keys: application.keys,
      place: placeOf(payment),
      command,
    });
    const answer = data === undefined ? status(WRONG_CODE) : deed(session, payment, { command, data });
    data?.fill(0);
    if (answer.sw === SW.ok) memory.script_count = Math.min(memory.script_count + 1, SCRIPT_COUNT_MAX);
    else payment.isScriptFailed = memory.is_script_failed = true;
    payment.scriptIndex += 1;
    await session.save();
    return answer;
  };
}

function placeOf({ memory, cryptogram, scriptIndex }: Payment) {
  return { atc: counterBytes(memory.atc), applicationCryptogram: cryptogram, index: scriptIndex };
}
