/**
 * GET PROCESSING OPTIONS (EMV Book 3 6.5.8 and 10.1): a payment begins, and the counter goes up before anything is answered.
 * A quick tap gives its cryptogram with the answer (as EMV Contactless Book C-3 has it).
 */
import {
  type ApduResponse,
  type CryptogramType,
  CTQ,
  dolDataLength,
  encodeTlv,
  parseTlv,
  SW,
  signDynamicData,
  type TlvSource,
  TTQ,
  writeAfl,
} from '@holdfast/cards';
import { recordKey } from './application.ts';
import { decideFirst } from './card-risk.ts';
import { type Cryptogram, logPayment, makeCryptogram } from './cryptogram.ts';
import { QUICK_RECORD } from './records.ts';
import { entriesOf, type Handler, ok, type Payment, type Session, status, takeValues } from './session.ts';

const COUNTER_MAX = 0xffff;
/** The first byte of tag 9F69 by which the terminal's data of the signature are told (Book C-3). */
const SIGNATURE_VERSION = 0x01;
const DYNAMIC_NUMBER_LENGTH = 8;

/** GET PROCESSING OPTIONS. An application whose counter has come to its end refuses; a blocked one declines later on. */
export const getProcessingOptions: Handler = async (session, { p1, p2, data = new Uint8Array() }) => {
  const { payment } = session;
  if (payment?.stage !== 'selected') return status(SW.conditionsNotSatisfied);
  if (p1 !== 0x00 || p2 !== 0x00) return status(SW.wrongP1P2);
  const parsed = parseTlv(data);
  const [only] = parsed.ok ? parsed.objects : [];
  if (!parsed.ok || parsed.objects.length !== 1 || only?.tag !== '83') return status(SW.wrongData);
  const { memory, profile } = payment;
  const pdol = profile.pdol ?? new Uint8Array();
  if (only.value.length !== dolDataLength(entriesOf(pdol))) return status(SW.wrongLength);
  if (memory.atc >= COUNTER_MAX) return status(SW.conditionsNotSatisfied);
  takeValues(payment, pdol, only.value);
  payment.pdolData = only.value.slice();
  memory.atc += 1;
  payment.before = {
    is_online_pending: memory.is_online_pending,
    is_issuer_unproven: memory.is_issuer_unproven,
    goes_online_next: memory.goes_online_next,
  };
  payment.stage = 'initiated';
  await session.save();
  const isQuick = session.via === 'contactless' && payment.application.product.tap === 'quick';
  return isQuick ? await tapQuickly(session, payment) : options(payment);
};

function options({ application, profile: { aip, afl } }: Payment): ApduResponse {
  if (application.product.issuerAuthentication === 'command') {
    return ok(encodeTlv([{ tag: '80', value: Uint8Array.of(...aip, ...afl) }]));
  }
  const children = [
    { tag: '82', value: aip },
    { tag: '94', value: afl },
  ];
  return ok(encodeTlv([{ tag: '77', children }]));
}

/** What the card says of the cardholder: the terminal shall ask for a PIN, a signature, or nothing. */
type HolderAnswer = { qualifiers: Uint8Array; isPossible: boolean };

async function tapQuickly(session: Session, payment: Payment): Promise<ApduResponse> {
  const wishes = TTQ.read(payment.terminal.get('9F66') ?? new Uint8Array()) ?? TTQ.none();
  const holder = holderOf(payment, wishes);
  const type = holder.isPossible ? decideTap(session, payment, wishes) : 'AAC';
  const made = makeCryptogram(session, payment, { type, round: 'first', isSigned: false });
  payment.first = type;
  payment.stage = 'completed';
  logPayment(payment, made);
  await session.save();
  return ok(encodeTlv([{ tag: '77', children: tapObjects(session, payment, { made, type, holder }) }]));
}

/** A reader that cannot go online wants an approval; a card without a signature of its own has none to give. */
function decideTap(session: Session, payment: Payment, wishes: ReturnType<typeof TTQ.none>): CryptogramType {
  const canSign = hasSignature(payment);
  const wish = wishes.onlineCryptogramRequired || !canSign ? 'ARQC' : 'TC';
  const type = decideFirst(session, payment, wish);
  return type === 'ARQC' && wishes.offlineOnly ? 'AAC' : type;
}

function hasSignature({ application }: Payment): boolean {
  const { authentication } = application.product;
  return authentication === 'dda' || authentication === 'cda';
}

function holderOf(
  { application }: Payment,
  { cvmRequired, onlinePinSupported, signatureSupported }: ReturnType<typeof TTQ.none>,
): HolderAnswer {
  if (!cvmRequired) return { qualifiers: CTQ.write({}), isPossible: true };
  const { holder } = application.product;
  const hasPin = holder.some((method) => method.endsWith('_pin'));
  if (hasPin && onlinePinSupported)
    return { qualifiers: CTQ.write({ onlinePinRequired: true }), isPossible: true };
  const maySign = holder.includes('signature') && signatureSupported;
  return { qualifiers: CTQ.write({ signatureRequired: maySign }), isPossible: maySign };
}

function tapObjects(
  session: Session,
  payment: Payment,
  { made, type, holder }: { made: Cryptogram; type: CryptogramType; holder: HolderAnswer },
): TlvSource[] {
  const { application, profile } = payment;
  const objects: TlvSource[] = [
    { tag: '82', value: profile.aip },
    { tag: '57', value: application.track2.use((track) => track.slice()) },
    { tag: '5F34', value: application.sequenceNumber },
    { tag: '9F10', value: made.issuerData },
    { tag: '9F26', value: made.cryptogram },
    { tag: '9F27', value: Uint8Array.of(made.information) },
    { tag: '9F36', value: made.counter },
    { tag: '9F6C', value: holder.qualifiers },
  ];
  if (type === 'AAC') return objects;
  if (type === 'ARQC') {
    // The terminal needs what is in the signed record, and authenticates nothing.
    return [...objects, { tag: '94', value: writeAfl([{ sfi: 3, first: 1, last: 1, authenticated: 0 }]) }];
  }
  const related = relatedData(session, holder.qualifiers);
  const { sfi, record } = QUICK_RECORD;
  payment.records.set(
    recordKey(sfi, record),
    encodeTlv([{ tag: '70', children: [{ tag: '9F69', value: related }] }]),
  );
  const signature = signTap(session, payment, related);
  return [...objects, { tag: '94', value: profile.afl }, { tag: '9F4B', value: signature }];
}

/** Tag 9F69: version, a number of the card's own, and the qualifiers, so that nobody changes them on the way. */
function relatedData({ random }: Session, qualifiers: Uint8Array): Uint8Array {
  return Uint8Array.of(SIGNATURE_VERSION, ...random.bytes(4), ...qualifiers);
}

/** Over the terminal's number, the amount, the currency, and what the card says of it. */
function signTap({ random }: Session, { application, terminal }: Payment, related: Uint8Array): Uint8Array {
  const parts = ['9F37', '9F02', '5F2A'].flatMap((tag) => [...(terminal.get(tag) ?? [])]);
  return signDynamicData({
    iccKey: application.iccKey,
    iccDynamicNumber: random.bytes(DYNAMIC_NUMBER_LENGTH),
    terminalData: Uint8Array.of(...parts, ...related),
  });
}
