/**
 * VERIFY and what goes before it (EMV Book 3 6.5.12, Book 2 7): the card alone compares a PIN. A try is taken away, and
 * written down, before the comparison, so that pulling the card out gives nobody another one.
 */
import { CardData, decipherOfflinePin, readPinBlock2, SW } from '@holdfast/cards';
import { PIN_TRY_LIMIT, pinCode } from './make-card.ts';
import { type Handler, ok, type Payment, type Session, status } from './session.ts';

const CHALLENGE_LENGTH = 8;
const PLAIN = 0x80;
const ENCIPHERED = 0x88;
const BLOCK_LENGTH = 8;
/** Its low half byte tells the tries that are left. */
const WRONG_PIN = 0x63c0;

/** GET CHALLENGE: bytes that make each enciphered PIN another one. */
export const getChallenge: Handler = (session, { data }) => {
  if (session.payment === undefined) return status(SW.conditionsNotSatisfied);
  if (data !== undefined) return status(SW.wrongLength);
  session.challenge = session.random.bytes(CHALLENGE_LENGTH);
  return ok(session.challenge.slice());
};

/** VERIFY of a plain or an enciphered PIN; a challenge is good for one of them. */
export const verifyPin: Handler = async (session, { p1, p2, data = new Uint8Array() }) => {
  const { payment, challenge, state } = session;
  session.challenge = undefined;
  if (payment === undefined || payment.stage === 'selected') return status(SW.conditionsNotSatisfied);
  if (p1 !== 0x00 || (p2 !== PLAIN && p2 !== ENCIPHERED)) return status(SW.wrongP1P2);
  const isEnciphered = p2 === ENCIPHERED;
  const { application } = payment;
  const method = isEnciphered ? 'enciphered_pin' : 'plain_pin';
  // By air a PIN could be tried by anybody who stands near enough.
  if (
    session.via === 'contactless' ||
    !application.hasOfflinePin ||
    !application.product.holder.includes(method)
  ) {
    return status(SW.functionNotSupported);
  }
  const length = isEnciphered ? application.pinKey.publicKey.modulus.length : BLOCK_LENGTH;
  if (data.length !== length) return status(SW.wrongLength);
  if (isEnciphered && challenge === undefined) return status(SW.conditionsNotSatisfied);
  if (state.pin_tries_left === 0) return status(SW.authenticationBlocked);
  state.pin_tries_left -= 1;
  await session.save();
  payment.isPinEnciphered = isEnciphered;
  using block = isEnciphered ? decipher(payment, data, challenge) : CardData.copyOf(data);
  const isRight = block !== undefined && isPinOf(session, block);
  payment.pin = isRight ? 'right' : 'wrong';
  if (!isRight) return status(WRONG_PIN | state.pin_tries_left);
  state.pin_tries_left = PIN_TRY_LIMIT;
  await session.save();
  return ok();
};

function decipher(
  { application }: Payment,
  data: Uint8Array,
  unpredictableNumber: Uint8Array = new Uint8Array(),
): CardData | undefined {
  const read = decipherOfflinePin(application.pinKey, { data, unpredictableNumber });
  return read.ok ? read.pinBlock : undefined;
}

function isPinOf({ card, state }: Session, block: CardData): boolean {
  const read = block.use(readPinBlock2);
  if (!read.ok || card.pin === undefined) return false;
  using pin = read.pin;
  if (state.pin_code === null) return card.pin.isSame(pin);
  return pinCode(card.pinSecret, pin) === state.pin_code;
}
