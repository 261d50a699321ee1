/**
 * Keys for one transaction from the card's master keys: the common derivation of EMV Book 2 A1.3, as which Mastercard's
 * own can be written too, and Visa's for scripts. All have odd parity, and the caller wipes them.
 */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { concatBytes, wipe, xorBytes } from '../cipher/bytes.ts';
import { desEncrypt } from '../cipher/des.ts';
import { withOddParity } from '../cipher/key-check.ts';
import { secretOf } from '../cipher/secrets.ts';

/** The common derivation with 8 bytes that differ for each use; the third of them is replaced. */
export function commonSessionKey(masterKey: Secret, diversification: Uint8Array): Secret {
  assert(diversification.length === 8, 'the diversification value has 8 bytes');
  const data = concatBytes(diversification, diversification);
  data[2] = 0xf0;
  data[10] = 0x0f;
  const key = masterKey.use((master) => {
    assert(master.length === 16, 'a master key has 16 bytes');
    return desEncrypt(master, data);
  });
  const session = secretOf(withOddParity(key));
  wipe(key);
  return session;
}

/** For application cryptograms by the common derivation. `atc`: 2 bytes (tag 9F36). */
export function commonAcSessionKey(masterKey: Secret, atc: Uint8Array): Secret {
  return commonSessionKey(masterKey, concatBytes(twoBytes(atc), new Uint8Array(6)));
}

/** For application cryptograms of M/Chip cards with the proprietary derivation. `unpredictableNumber`: tag 9F37. */
export function mastercardAcSessionKey(
  masterKey: Secret,
  { atc, unpredictableNumber }: { atc: Uint8Array; unpredictableNumber: Uint8Array },
): Secret {
  assert(unpredictableNumber.length === 4, 'an unpredictable number has 4 bytes');
  return commonSessionKey(masterKey, concatBytes(twoBytes(atc), new Uint8Array(2), unpredictableNumber));
}

/**
 * For script commands after the cryptogram `applicationCryptogram` (8 bytes): the common derivation of the cryptogram.
 * M/Chip cards add to it the command's number in the transaction, `index`, counted from 0; others use 0 for all.
 */
export function commonScriptSessionKey(
  masterKey: Secret,
  { applicationCryptogram, index = 0 }: { applicationCryptogram: Uint8Array; index?: number },
): Secret {
  const diversification = new Uint8Array(applicationCryptogram);
  assert(diversification.length === 8, 'a cryptogram has 8 bytes');
  const view = new DataView(diversification.buffer);
  view.setBigUint64(0, view.getBigUint64(0) + BigInt(index));
  return commonSessionKey(masterKey, diversification);
}

/** For scripts to Visa cards: the master key combined with the counter and with its inverse. */
export function visaScriptSessionKey(masterKey: Secret, atc: Uint8Array): Secret {
  const counter = twoBytes(atc);
  const zeros = new Uint8Array(6);
  const inverse = counter.map((byte) => byte ^ 0xff);
  const mask = concatBytes(zeros, counter, zeros, inverse);
  const key = masterKey.use((master) => xorBytes(master, mask));
  const session = secretOf(withOddParity(key));
  wipe(key);
  return session;
}

function twoBytes(atc: Uint8Array): Uint8Array {
  assert(atc.length === 2, 'an application transaction counter has 2 bytes');
  return atc;
}
