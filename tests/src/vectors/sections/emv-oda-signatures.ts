/** What a card signs of a transaction, and all that comes out of a card's certificates and signatures. */

import { openSignedDynamicData, openSignedStaticData, transactionDataHash } from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { Mismatch, parsed, same } from '../compare.ts';
import { iccCertificate, iccKeyOf, issuerCertificate, issuerKeyOf } from './emv-oda-chain.ts';

type Combined = {
  cryptogramInformation: number;
  applicationCryptogram: Uint8Array;
  transactionDataHash: Uint8Array;
};

/** The signature is over what the terminal sent, and holds what the card says. */
export function checkDynamic(it: Values): void {
  const { signed } = parsed('the signature', openSignedDynamicData(it.hex('sdad9F4B'), iccKeyOf(it)));
  const over = ['unpredictableNumber', 'ddolData'].filter((name) => it.has(name));
  for (const name of over) {
    if (!signed.isOver(it.hex(name))) throw new Mismatch(`the signature is not over "${name}"`);
  }
  if (over.length === 0) throw new Mismatch('it is not said what the signature is over');
  if (it.has('iccDynamicNumber'))
    same('the number of the card', signed.iccDynamicNumber, it.hex('iccDynamicNumber'));
  const expected = ['cid', 'ac', 'transactionDataHash', 'cdol1Data'].filter((name) => it.has(name));
  if (expected.length > 0) checkCombined(it, signed.combined);
}

function checkCombined(it: Values, combined: Combined | undefined): void {
  if (combined === undefined) throw new Mismatch('the card signed no cryptogram');
  if (it.has('cid')) same('cid', Uint8Array.of(combined.cryptogramInformation), it.hex('cid'));
  if (it.has('ac')) same('ac', combined.applicationCryptogram, it.hex('ac'));
  if (it.has('transactionDataHash'))
    same('transactionDataHash', combined.transactionDataHash, it.hex('transactionDataHash'));
  if (!it.has('cdol1Data')) return;
  const hash = transactionDataHash({
    pdolData: it.hexIfAny('pdolData'),
    cdol1Data: it.hex('cdol1Data'),
    cdol2Data: it.hexIfAny('cdol2Data'),
    response: it.hex('response'),
  });
  same('the hash of the transaction', combined.transactionDataHash, hash);
}

/** Every part of the certificates and signatures that a card has, for values under names of their own. */
export function* answersOfCard(it: Values): Generator<Uint8Array> {
  if (it.has('issuerCert90')) {
    const { publicKey, issuerIdentifier, expirationDate, serialNumber } = issuerCertificate(it);
    yield* [publicKey.modulus, publicKey.exponent, issuerIdentifier, expirationDate, serialNumber];
  }
  if (it.has('iccCert9F46')) {
    const { publicKey, expirationDate, serialNumber, hash } = iccCertificate(it);
    yield* [publicKey.modulus, publicKey.exponent, expirationDate, serialNumber, hash];
  }
  if (it.has('ssad93')) {
    const { signed } = parsed('the signature', openSignedStaticData(it.hex('ssad93'), issuerKeyOf(it)));
    yield* [signed.dataAuthenticationCode, signed.hash];
  }
  if (!it.has('sdad9F4B')) return;
  const { signed } = parsed('the signature', openSignedDynamicData(it.hex('sdad9F4B'), iccKeyOf(it)));
  yield* [signed.iccDynamicNumber, ...partsOf(signed.combined)];
}

function partsOf(combined: Combined | undefined): Uint8Array[] {
  if (combined === undefined) return [];
  const { cryptogramInformation, applicationCryptogram, transactionDataHash: hash } = combined;
  return [Uint8Array.of(cryptogramInformation), applicationCryptogram, hash];
}
