/**
 * GENERATE AC (EMV Book 3 6.5.5): once by the card's own risk management, and once more after the issuer was asked. The
 * memory is durable before the answer leaves the card.
 */
import { type ApduResponse, type CryptogramType, dolDataLength, SW } from '@holdfast/cards';
import { decideFirst, decideSecond, isUnableToGoOnline } from './card-risk.ts';
import { type Cryptogram, logPayment, makeCryptogram, plainAnswer, signedAnswer } from './cryptogram.ts';
import { hearIssuer, obeyStatusUpdate } from './issuer-answer.ts';
import { entriesOf, type Handler, type Payment, type Session, status, takeValues } from './session.ts';

const TYPES: readonly (CryptogramType | undefined)[] = ['AAC', 'TC', 'ARQC', undefined];
const CDA_WANTED = 0x10;
const RESERVED_P1 = 0x2f;

/** GENERATE AC, the first or the second. */
export const generateAc: Handler = async (session, { p1, p2, data = new Uint8Array() }) => {
  const { payment } = session;
  const stage = payment?.stage;
  if (payment === undefined || (stage !== 'initiated' && stage !== 'online')) {
    return status(SW.conditionsNotSatisfied);
  }
  const wish = TYPES[p1 >> 6];
  if (wish === undefined || (p1 & RESERVED_P1) !== 0 || p2 !== 0x00) return status(SW.wrongP1P2);
  const list = stage === 'initiated' ? payment.profile.cdol1 : payment.profile.cdol2;
  if (data.length !== dolDataLength(entriesOf(list))) return status(SW.wrongLength);
  if (stage === 'online' && wish === 'ARQC') return status(SW.conditionsNotSatisfied);
  takeValues(payment, list, data);
  const isSigned = (p1 & CDA_WANTED) !== 0 && payment.application.product.authentication === 'cda';
  return stage === 'initiated'
    ? await first(session, payment, { wish, data, isSigned })
    : await second(session, payment, { wish: wish === 'TC' ? 'TC' : 'AAC', data, isSigned });
};

type Asked<T> = { wish: T; data: Uint8Array; isSigned: boolean };

async function first(
  session: Session,
  payment: Payment,
  asked: Asked<CryptogramType>,
): Promise<ApduResponse> {
  const type = decideFirst(session, payment, asked.wish);
  payment.cdol1Data = asked.data.slice();
  const isSigned = asked.isSigned && type !== 'AAC';
  const made = makeCryptogram(session, payment, { type, round: 'first', isSigned });
  payment.first = type;
  payment.cryptogram = made.cryptogram;
  payment.stage = type === 'ARQC' && session.via === 'contact' ? 'online' : 'completed';
  if (payment.stage === 'online') payment.memory.is_online_pending = true;
  else logPayment(payment, made);
  await session.save();
  return answer(session, payment, { made, isSigned, cdol2Data: undefined });
}

async function second(session: Session, payment: Payment, asked: Asked<'TC' | 'AAC'>): Promise<ApduResponse> {
  const { memory, application } = payment;
  const isOnline = !isUnableToGoOnline(payment);
  const data = payment.terminal.get('91');
  const isHeardNow = application.product.issuerAuthentication === 'in_cdol2';
  // Zeros stand for an answer that has no such data.
  if (isOnline && isHeardNow && data?.some((byte) => byte !== 0) === true) hearIssuer(payment, data);
  const type = decideSecond(session, payment, asked.wish);
  const isSigned = asked.isSigned && type === 'TC';
  const made = makeCryptogram(session, payment, { type, round: 'second', isSigned });
  payment.stage = 'completed';
  memory.is_online_pending = false;
  if (isOnline) noteIssuer(session, payment);
  logPayment(payment, made);
  await session.save();
  return answer(session, payment, { made, isSigned, cdol2Data: asked.data });
}

/** After an answer that is proven the counters begin anew; one that is not is remembered until the next. */
function noteIssuer(session: Session, payment: Payment): void {
  const { memory } = payment;
  memory.is_issuer_unproven = payment.issuer !== 'proven';
  if (payment.issuer !== 'proven') return;
  memory.script_count = 0;
  memory.is_script_failed = false;
  memory.goes_online_next = false;
  obeyStatusUpdate(session, payment);
}

function answer(
  session: Session,
  payment: Payment,
  { made, isSigned, cdol2Data }: { made: Cryptogram; isSigned: boolean; cdol2Data: Uint8Array | undefined },
): ApduResponse {
  return isSigned ? signedAnswer(session, payment, { made, cdol2Data }) : plainAnswer(payment, made);
}
