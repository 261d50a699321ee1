/** GENERATE AC (EMV Book 3 10.8 and 10.11): the data that the card wants, its answer, and the signature of CDA over it. */
import { createHash } from 'node:crypto';
import { must } from '@holdfast/base';
import { parseCryptogramAnswer } from '../../apdu/answers.ts';
import { generateAc } from '../../apdu/commands.ts';
import { SW } from '../../apdu/status.ts';
import { offlinePinOf } from '../../cryptogram/issuer-application-data.ts';
import { chooseTdol, parseDol } from '../../tlv/dol.ts';
import { isAnswerAllowed } from '../action-analysis.ts';
import {
  type CryptogramInformation,
  type CryptogramType,
  readCryptogramInformation,
} from '../cryptogram-information.ts';
import { isOfflinePinVerified } from '../cvm-results.ts';
import { type Flow, transmit } from './dialogue.ts';
import { store } from './initiate.ts';
import type { Transaction } from './transaction.ts';

/**
 * `isForged`: a signature was asked for, and is missing or wrong, or the card knows nothing of the PIN that somebody said
 * yes to in its place. `broken`: no answer that the standard allows.
 */
export type Cryptogram =
  | { kind: 'cryptogram'; information: CryptogramInformation; isForged: boolean }
  | { kind: 'broken' };

const BROKEN: Cryptogram = { kind: 'broken' };
/** All that GENERATE AC may tell: what else stands in the answer cannot replace what was read and judged before. */
const ANSWERED: ReadonlySet<string> = new Set(['9F10', '9F26', '9F27', '9F36', '9F4B']);
/** A list of transaction data is hashed and not sent, so it may be longer than a command. */
const TDOL_DATA_MAX = 4096;

/** Asks the card for a cryptogram, over CDOL1 the first time and CDOL2 the second. */
export function* generate(
  tx: Transaction,
  type: CryptogramType,
  round: 'first' | 'second',
): Flow<Cryptogram> {
  const cdol = tx.card(round === 'first' ? '8C' : '8D');
  const cdolData = cdol && buildCdolData(tx, cdol);
  if (cdolData === undefined) return BROKEN;
  if (round === 'first') tx.cdol1Data = cdolData;
  const isSigned = tx.isCombinedWanted && (round === 'first' ? type !== 'AAC' : type === 'TC');
  const { sw, data } = yield* transmit(generateAc(type, cdolData, isSigned));
  const parsed = sw === SW.ok ? parseCryptogramAnswer(data) : undefined;
  if (parsed?.ok !== true) return BROKEN;
  tx.dropCard('9F26');
  tx.dropCard('9F4B');
  if (!store(tx, parsed.elements, ANSWERED)) return BROKEN;
  const clear = readInformation(tx);
  if (clear === undefined || !isAnswerAllowed(type, clear.type, round)) return BROKEN;
  if (!isSigned || clear.type === 'AAC') {
    return tx.card('9F26') === undefined ? BROKEN : trusted(tx, clear);
  }
  return checkSignature(tx, { clear, response: parsed.content, cdolData, round });
}

/**
 * The answer of a VERIFY is not authenticated, so that who sits between card and terminal can give it. The card tells its
 * issuer what it has verified, in formats that are known for most: where it denies the PIN, nothing of the payment stands.
 */
function trusted(tx: Transaction, information: CryptogramInformation): Cryptogram {
  const isDenied =
    information.type !== 'AAC' &&
    isOfflinePinVerified(tx.cvmResults) &&
    offlinePinOf(tx.card('9F10') ?? new Uint8Array()) === 'not_verified';
  if (isDenied) {
    tx.cvmResults = { ...tx.cvmResults, result: 'failed' };
    tx.tvr.cardholderVerificationFailed = true;
  }
  return { kind: 'cryptogram', information, isForged: isDenied };
}

type Signed = {
  clear: CryptogramInformation;
  response: Uint8Array;
  cdolData: Uint8Array;
  round: 'first' | 'second';
};

/** The signature must be over the information that was said in clear, and holds the cryptogram (Book 2 6.6.2). */
function checkSignature(tx: Transaction, signed: Signed): Cryptogram {
  tx.tsi.offlineDataAuthenticationPerformed = true;
  const information = must(tx.card('9F27')?.[0], 'the answer has information about its cryptogram');
  const signature = tx.card('9F4B');
  if (signature === undefined) return forged(tx, signed.clear);
  const verdict = tx.setting.authenticator.verifyCombined(tx.view(), {
    unpredictableNumber: must(tx.value('9F37'), 'the terminal has drawn its number'),
    pdolData: tx.pdolData,
    cdol1Data: tx.cdol1Data,
    cdol2Data: signed.round === 'first' ? undefined : signed.cdolData,
    cryptogramInformation: information,
    signature,
    response: signed.response,
  });
  if (!verdict.ok) return forged(tx, signed.clear);
  store(tx, verdict.elements);
  return trusted(tx, signed.clear);
}

/** A failure of the signature itself; no data of the card are missing for it. */
function forged(tx: Transaction, information: CryptogramInformation): Cryptogram {
  tx.tvr.cdaFailed = true;
  tx.isCombinedWanted = false;
  return { kind: 'cryptogram', information, isForged: true };
}

function readInformation(tx: Transaction): CryptogramInformation | undefined {
  const byte = tx.card('9F27')?.[0];
  return byte === undefined ? undefined : readCryptogramInformation(byte);
}

/** A list that asks for the hash of the transaction (tag 98) gets it over the data of the TDOL (Book 3 9.2.2). */
function buildCdolData(tx: Transaction, cdol: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const parsed = parseDol(cdol);
  if (!parsed.ok) return undefined;
  if (parsed.entries.some(({ tag }) => tag === '98')) {
    const { tdol, isDefault } = chooseTdol(tx.card('97'), tx.selected.profile.defaultTdol);
    if (isDefault) tx.tvr.defaultTdolUsed = true;
    const data = tx.dolData(tdol, TDOL_DATA_MAX);
    if (data === undefined) return undefined;
    tx.setTerminal('98', new Uint8Array(createHash('sha1').update(data).digest()));
  }
  return tx.dolData(cdol);
}
