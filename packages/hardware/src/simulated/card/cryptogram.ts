/**
 * The card's cryptograms: over what the terminal told and what the card has, under its own key, for the issuer; and with a
 * signature over them for the terminal where CDA was asked for (EMV Book 2 6.6.1 and 8.1).
 */
import { assert, must } from '@holdfast/base';
import {
  type ApduResponse,
  type CryptogramType,
  codeOfCryptogram,
  cryptogramData,
  cryptogramOf,
  encodeTlv,
  signDynamicData,
  transactionDataHash,
  writeIssuerApplicationData,
} from '@holdfast/cards';
import { cvrFlags } from './card-risk.ts';
import { LOG } from './select.ts';
import { counterBytes, ok, type Payment, type Session } from './session.ts';

/** The issuer's keys that all cards here are made with (tag 9F10 names them). */
const KEY_INDEX = 1;
const DYNAMIC_NUMBER_LENGTH = 8;
/** The issuer's answer did not hold: a reason within tag 9F27 (Book 3 table 15). */
const REASON_ISSUER_UNPROVEN = 0x03;

/** Tags 9F27, 9F36, 9F26 and 9F10 of one cryptogram. */
export type Cryptogram = {
  information: number;
  counter: Uint8Array;
  cryptogram: Uint8Array;
  issuerData: Uint8Array;
};

export type Wanted = { type: CryptogramType; round: 'first' | 'second'; isSigned: boolean };

/** Makes the cryptogram of a type. */
export function makeCryptogram(
  session: Session,
  payment: Payment,
  { type, round, isSigned }: Wanted,
): Cryptogram {
  const { application, profile, memory, terminal } = payment;
  const { cryptogramVersion: version } = application.product;
  const second = round === 'second' ? secondOf(type) : undefined;
  const issuerData = writeIssuerApplicationData(version, {
    keyIndex: KEY_INDEX,
    facts: {
      first: round === 'first' ? type : must(payment.first, 'a second cryptogram follows a first one'),
      second,
      pinTriesLeft: session.state.pin_tries_left,
      scriptCount: memory.script_count,
      flags: {
        ...cvrFlags(session, payment),
        cdaInFirst: isSigned && round === 'first',
        cdaInSecond: isSigned && round === 'second',
      },
    },
  });
  const atc = counterBytes(memory.atc);
  const own: Readonly<Record<string, Uint8Array>> = { '82': profile.aip, '9F36': atc, '9F10': issuerData };
  const data = cryptogramData(version, (tag) => own[tag] ?? terminal.get(tag));
  const cryptogram = cryptogramOf(version, {
    masterKey: application.keys.ac,
    data: must(data, 'the lists of the card ask for what its cryptograms are over'),
    atc,
    unpredictableNumber: terminal.get('9F37'),
  });
  const reason = payment.issuer === 'disproven' && type === 'AAC' ? REASON_ISSUER_UNPROVEN : 0;
  return { information: codeOfCryptogram(type) | reason, counter: atc, cryptogram, issuerData };
}

/** The answer with the cryptogram in clear: format 1 for Visa's kind of cards, format 2 for all others. */
export function plainAnswer({ application }: Payment, made: Cryptogram): ApduResponse {
  const { information, counter, cryptogram, issuerData } = made;
  if (application.product.issuerAuthentication === 'command') {
    const value = Uint8Array.of(information, ...counter, ...cryptogram, ...issuerData);
    return ok(encodeTlv([{ tag: '80', value }]));
  }
  const children = [
    { tag: '9F27', value: Uint8Array.of(information) },
    { tag: '9F36', value: counter },
    { tag: '9F26', value: cryptogram },
    { tag: '9F10', value: issuerData },
  ];
  return ok(encodeTlv([{ tag: '77', children }]));
}

/** The answer with the cryptogram within the card's signature. `cdol2Data`: of the second GENERATE AC only. */
export function signedAnswer(
  { random }: Session,
  { application, terminal, pdolData, cdol1Data }: Payment,
  { made, cdol2Data }: { made: Cryptogram; cdol2Data: Uint8Array | undefined },
): ApduResponse {
  const before = [
    { tag: '9F27', value: Uint8Array.of(made.information) },
    { tag: '9F36', value: made.counter },
  ];
  const after = [{ tag: '9F10', value: made.issuerData }];
  const response = encodeTlv([...before, ...after]);
  const hash = transactionDataHash({ pdolData, cdol1Data, cdol2Data, response });
  const signature = signDynamicData({
    iccKey: application.iccKey,
    iccDynamicNumber: random.bytes(DYNAMIC_NUMBER_LENGTH),
    combined: {
      cryptogramInformation: made.information,
      applicationCryptogram: made.cryptogram,
      transactionDataHash: must(hash, 'the card writes BER-TLV'),
    },
    terminalData: must(terminal.get('9F37'), 'the card asks for the unpredictable number'),
  });
  const children = [...before, { tag: '9F4B', value: signature }, ...after];
  return ok(encodeTlv([{ tag: '77', children }]));
}

/** Puts the payment into the card's log: date, amount, currency, counter, type of cryptogram. */
export function logPayment({ terminal, memory }: Payment, { counter, information }: Cryptogram): void {
  const value = (tag: string, length: number) => terminal.get(tag) ?? new Uint8Array(length);
  const entry = [value('9A', 3), value('9F02', 6), value('5F2A', 2), counter, Uint8Array.of(information)];
  memory.log = [Buffer.concat(entry).toString('base64url'), ...memory.log].slice(0, LOG.entries);
}

function secondOf(type: CryptogramType): 'TC' | 'AAC' {
  assert(type !== 'ARQC', 'a second cryptogram is no request');
  return type;
}
