/**
 * Offline data authentication (EMV Book 2, 5 and 6). A section is one card: the chain of its certificates as far as it is
 * given, and its signature of static data, dynamic data, or the transaction.
 */

import {
  caKeyChecksum,
  openIccCertificate,
  openIssuerCertificate,
  openSignedDynamicData,
  openSignedStaticData,
  type RsaPublicKey,
  toHex,
  transactionDataHash,
} from '@holdfast/cards';
import { Mismatch, parsed, same, type Values } from '../case-values.ts';
import type { Case, Section } from '../section.ts';

/** What the older sections leave unsaid: the key is that of Visa's test scheme, with the exponent 3. */
const UNSAID_EXPONENT = Uint8Array.of(3);

export const emvOda: Section = (section) => {
  const when = (name: string, check: (it: Values) => void): Case[] =>
    section.has(name) ? [{ name, check: () => check(section) }] : [];
  return [
    ...when('caChecksum', checkChecksum),
    ...when('issuerCert90', checkIssuer),
    ...when('iccCert9F46', checkIcc),
    ...when('ssad93', checkStatic),
    ...when('sdad9F4B', checkDynamic),
  ];
};

function checkChecksum(it: Values): void {
  const [index = 0] = it.hex('caIndex');
  same('the checksum', caKeyChecksum({ rid: it.hex('rid'), index, ...caKeyOf(it) }), it.hex('caChecksum'));
}

function checkIssuer(it: Values): void {
  const { certificate } = issuerCertificate(it);
  same('the modulus', certificate.publicKey.modulus, it.hex('issuerModulus'));
  same('the exponent', certificate.publicKey.exponent, it.hex('issuerExp'));
  const digits = toHex(certificate.issuerIdentifier).replace(/F+$/, '');
  if (digits.length < 3 || !it.text('pan').startsWith(digits))
    throw new Mismatch('the certificate is not for this number');
  if (!it.has('issuerCertificate')) return;
  const expected = it.object('issuerCertificate');
  same('the identifier', certificate.issuerIdentifier, expected.hex('identifier'));
  same('the month', certificate.expirationDate, expected.hex('expires'));
  same('the serial number', certificate.serialNumber, expected.hex('serial'));
}

function checkIcc(it: Values): void {
  const { certificate } = iccCertificate(it);
  same('the modulus', certificate.publicKey.modulus, it.hex('iccModulus'));
  same('the exponent', certificate.publicKey.exponent, it.hex('iccExp'));
  if (!certificate.isOfPan) throw new Mismatch('the certificate is not for this number');
  if (it.has('staticData') && !certificate.vouchesFor(it.hex('staticData')))
    throw new Mismatch('the certificate does not vouch for the static data');
  if (it.has('transactionDate')) checkDate(it, certificate.expirationDate);
  if (!it.has('iccCertificate')) return;
  const expected = it.object('iccCertificate');
  same('the month', certificate.expirationDate, expected.hex('expires'));
  same('the serial number', certificate.serialNumber, expected.hex('serial'));
  same('the hash', certificate.hash, expected.hex('hash'));
}

/** YYMMDD of the transaction beside MMYY of the certificate; both in this century. */
function checkDate(it: Values, expires: Uint8Array): void {
  const [month = 0, year = 0] = expires;
  const [nowYear = 0, nowMonth = 0] = it.hex('transactionDate');
  if (nowYear * 256 + nowMonth > year * 256 + month) throw new Mismatch('the certificate has expired');
}

function checkStatic(it: Values): void {
  const key = it.has('issuerCert90')
    ? issuerCertificate(it).certificate.publicKey
    : { modulus: it.hex('issuerModulus'), exponent: it.hex('issuerExp') };
  const { signed } = parsed('the signature', openSignedStaticData(it.hex('ssad93'), key));
  if (it.has('dac')) same('the data authentication code', signed.dataAuthenticationCode, it.hex('dac'));
  if (it.has('hash')) same('the hash', signed.hash, it.hex('hash'));
  if (it.has('staticData') && !it.has('iccCert9F46') && !signed.vouchesFor(it.hex('staticData')))
    throw new Mismatch('the signature does not vouch for the static data');
}

function checkDynamic(it: Values): void {
  const { publicKey } = iccCertificate(it).certificate;
  const { signed } = parsed('the signature', openSignedDynamicData(it.hex('sdad9F4B'), publicKey));
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

function checkCombined(
  it: Values,
  combined:
    | { cryptogramInformation: number; applicationCryptogram: Uint8Array; transactionDataHash: Uint8Array }
    | undefined,
): void {
  if (combined === undefined) throw new Mismatch('the card signed no cryptogram');
  if (it.has('cid')) same('cid', Uint8Array.of(combined.cryptogramInformation), it.hex('cid'));
  if (it.has('ac')) same('ac', combined.applicationCryptogram, it.hex('ac'));
  if (it.has('transactionDataHash'))
    same('transactionDataHash', combined.transactionDataHash, it.hex('transactionDataHash'));
  if (!it.has('cdol1Data')) return;
  const optional = (name: string) => (it.has(name) ? it.hex(name) : undefined);
  const hash = transactionDataHash({
    pdolData: optional('pdolData'),
    cdol1Data: it.hex('cdol1Data'),
    cdol2Data: optional('cdol2Data'),
    response: it.hex('response'),
  });
  same('the hash of the transaction', combined.transactionDataHash, hash);
}

function issuerCertificate(it: Values) {
  const data = {
    certificate: it.hex('issuerCert90'),
    remainder: it.hex('issuerRemainder92'),
    exponent: it.hex('issuerExp'),
  };
  return parsed('the certificate of the issuer', openIssuerCertificate(data, caKeyOf(it)));
}

function iccCertificate(it: Values) {
  const data = {
    certificate: it.hex('iccCert9F46'),
    remainder: it.hex('iccRemainder9F48'),
    exponent: it.hex('iccExp'),
  };
  const issuerKey = issuerCertificate(it).certificate.publicKey;
  return parsed(
    'the certificate of the card',
    openIccCertificate(data, { issuerKey, pan: it.digits('pan') }),
  );
}

function caKeyOf(it: Values): RsaPublicKey {
  const exponent = it.has('caExponent') ? it.hex('caExponent') : UNSAID_EXPONENT;
  return { modulus: it.hex('caModulus'), exponent };
}
