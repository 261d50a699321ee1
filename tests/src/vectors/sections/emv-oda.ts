/**
 * Offline data authentication (EMV Book 2, 5 and 6). A section is one card, or its list `cases` has one card each: the chain
 * of its certificates as far as it is given, and its signature of static data, dynamic data, or the transaction.
 */

import {
  caKeyChecksum,
  findTlv,
  openSignedDynamicData,
  openSignedStaticData,
  parseTlv,
  toHex,
} from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { Mismatch, parsed, refused, same } from '../compare.ts';
import { type Case, casesOf, itemsOf, REJECT, type Section, valueCase } from '../section.ts';
import { spellings } from '../spellings.ts';
import {
  caKeyOf,
  iccCertificate,
  iccKeyOf,
  issuerCertificate,
  issuerKeyOf,
  openIcc,
  openIssuer,
} from './emv-oda-chain.ts';
import { answersOfCard, checkDynamic } from './emv-oda-signatures.ts';

type Check = (it: Values) => void;

/** Which card and which key of an authority it is about, whether something is compared with that or not. */
const CARD = ['rid', 'caIndex', 'pan'];

/** By the value that each is about. */
const CHECKS: readonly [name: string, check: Check][] = [
  ['issuerCert90', checkIssuer],
  ['iccCert9F46', checkIcc],
  ['iccPinCert9F2D', checkPinKey],
  ['ssad93', checkStatic],
  ['sdad9F4B', checkDynamic],
];

export const emvOda: Section = {
  spellings: spellings({
    pan: ['pan5A', '5A', 'primaryAccountNumber'],
    rid: ['caRid'],
    caIndex: ['caIndex8F', '8F', 'capkIndex', 'caPkIndex', 'caKeyIndex', 'index'],
    caModulus: ['capkModulus', 'caPkModulus', 'caMod', 'capk'],
    caExponent: ['caExp', 'capkExponent', 'capkExp', 'caPkExponent'],
    caChecksum: ['caHash', 'capkHash', 'caSha1', 'capkChecksum'],
    issuerCert90: ['issuerCert', '90', 'issuerPkCert', 'issuerPublicKeyCertificate'],
    issuerRemainder92: ['issuerRemainder', 'issuerRem', '92', 'issuerRem92'],
    issuerExp: ['issuerExp9F32', '9F32', 'issuerExponent', 'issuerExponent9F32'],
    issuerModulus: ['issuerMod', 'issuerPkModulus'],
    iccCert9F46: ['iccCert', '9F46', 'iccPkCert', 'iccPublicKeyCertificate'],
    iccRemainder9F48: ['iccRemainder', 'iccRem', '9F48', 'iccRem9F48'],
    iccExp: ['iccExp9F47', '9F47', 'iccExponent', 'iccExponent9F47'],
    iccModulus: ['iccMod', 'iccPkModulus'],
    iccPinCert9F2D: ['iccPinCert', '9F2D'],
    iccPinExp: ['iccPinExp9F2E', '9F2E', 'iccPinExponent'],
    iccPinRemainder9F2F: ['iccPinRemainder', '9F2F'],
    ssad93: ['ssad', '93', 'signedStaticApplicationData'],
    sdad9F4B: ['sdad', '9F4B', 'signedDynamicApplicationData'],
    ddolData: ['ddol', 'dynamicData', 'terminalDynamicData', 'ddolData9F49'],
    unpredictableNumber: ['un', 'un9F37', '9F37', 'unpredictableNumber9F37'],
    dac: ['dac9F45', '9F45', 'dataAuthenticationCode'],
    iccDynamicNumber: ['iccDynamicNumber9F4C', '9F4C', 'idn', 'icDynamicNumber'],
    cid: ['cid9F27', '9F27', 'cryptogramInformationData'],
    ac: ['ac9F26', '9F26', 'cryptogram', 'applicationCryptogram', 'arqc', 'tc', 'aac'],
    transactionDataHash: [
      'txnDataHash',
      'txnHash',
      'txHash',
      'txnDataHashCode',
      'transactionDataHashCode',
      'transactionHash',
    ],
    transactionDate: ['txnDate', 'date', '9A'],
    staticData: [
      'staticApplicationData',
      'authenticatedData',
      'odaData',
      'staticDataToBeAuthenticated',
      'ssd',
      'sdaData',
    ],
    pdolData: ['pdol'],
    cdol1Data: ['cdol1', 'crm1'],
    cdol2Data: ['cdol2', 'crm2'],
    response: ['generateAcResponse', 'genAcResponse', 'responseData'],
  }),
  cases: (section) => [
    ...valueCase(section, ['caChecksum', ...CARD], () => checkChecksum(section)),
    ...CHECKS.filter(([name]) => section.has(name)).map(([name, check]) => ({
      name,
      check: () => check(section),
    })),
    ...rejects(section),
    ...casesOf(section, 'cases', (own) => {
      const it = own.over(section);
      if (own.has('caChecksum')) checkChecksum(it);
      for (const [name, check] of CHECKS) if (own.has(name)) check(it);
      for (const { check } of rejects(own.over(section))) void check();
      return () => answersOfCard(it);
    }),
  ],
  answers: answersOfCard,
};

/** `rejectSsad93` and its like: a value, or a list of values, that must be refused in the place of the one it names. */
function rejects(section: Values): Case[] {
  const lists = section.names().filter((name) => REJECT.test(name));
  return lists.flatMap((list) =>
    itemsOf(section, list).map(({ label, item }) => ({
      name: label,
      check: () => checkRefused(section.within({ [list.replace(REJECT, '')]: item }, list).over(section)),
    })),
  );
}

function checkRefused(it: Values): void {
  const [name] = it.names();
  if (name === 'issuerCert90') refused(name, openIssuer(it));
  else if (name === 'iccCert9F46') refused(name, openIcc(it));
  else if (name === 'ssad93') refused(name, openSignedStaticData(it.hex(name), issuerKeyOf(it)));
  else if (name === 'sdad9F4B') refused(name, openSignedDynamicData(it.hex(name), iccKeyOf(it)));
  else throw new Mismatch(`"${name}" cannot be refused by itself`);
}

function checkChecksum(it: Values): void {
  const [index = 0] = it.hex('caIndex');
  same('the checksum', caKeyChecksum({ rid: it.hex('rid'), index, ...caKeyOf(it) }), it.hex('caChecksum'));
}

function checkIssuer(it: Values): void {
  const certificate = issuerCertificate(it);
  if (it.has('issuerModulus')) same('the modulus', certificate.publicKey.modulus, it.hex('issuerModulus'));
  const digits = toHex(certificate.issuerIdentifier).replace(/F+$/, '');
  if (it.has('pan') && (digits.length < 3 || !it.text('pan').startsWith(digits)))
    throw new Mismatch('the certificate is not for this number');
  if (it.has('transactionDate')) checkDate(it, certificate.expirationDate);
  if (!it.has('issuerCertificate')) return;
  const expected = it.object('issuerCertificate');
  same('the identifier', certificate.issuerIdentifier, expected.hex('identifier'));
  same('the month', certificate.expirationDate, expected.hex('expires'));
  same('the serial number', certificate.serialNumber, expected.hex('serial'));
}

function checkIcc(it: Values): void {
  const certificate = iccCertificate(it);
  checkPanOfData(it);
  if (it.has('iccModulus')) same('the modulus', certificate.publicKey.modulus, it.hex('iccModulus'));
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

/** The certificate of a key for PINs vouches for no static data. */
function checkPinKey(it: Values): void {
  const names = { certificate: 'iccPinCert9F2D', remainder: 'iccPinRemainder9F2F', exponent: 'iccPinExp' };
  const { certificate } = parsed('the certificate of the key for PINs', openIcc(it, names));
  if (!certificate.isOfPan) throw new Mismatch('the certificate is not for this number');
  if (!certificate.vouchesFor(new Uint8Array())) throw new Mismatch('the hash of the certificate is another');
  if (it.has('iccPinModulus')) same('the modulus', certificate.publicKey.modulus, it.hex('iccPinModulus'));
}

/** The static data that are signed hold the card's number, tag 5A, as objects of a record. */
function checkPanOfData(it: Values): void {
  const data = it.hexIfAny('staticData');
  const result = data && parseTlv(data);
  const number = result?.ok ? findTlv(result.objects, '5A')?.value : undefined;
  if (number && it.has('pan')) same('the number', toHex(number).replace(/F$/, ''), it.text('pan'));
}

/** YYMMDD of the transaction beside MMYY of the certificate; both in this century. */
function checkDate(it: Values, expires: Uint8Array): void {
  const [month = 0, year = 0] = expires;
  const [nowYear = 0, nowMonth = 0] = it.hex('transactionDate');
  if (nowYear * 256 + nowMonth > year * 256 + month) throw new Mismatch('the certificate has expired');
}

function checkStatic(it: Values): void {
  checkPanOfData(it);
  const { signed } = parsed('the signature', openSignedStaticData(it.hex('ssad93'), issuerKeyOf(it)));
  if (it.has('dac')) same('the data authentication code', signed.dataAuthenticationCode, it.hex('dac'));
  if (it.has('hash')) same('the hash', signed.hash, it.hex('hash'));
  if (it.has('staticData') && !it.has('iccCert9F46') && !signed.vouchesFor(it.hex('staticData')))
    throw new Mismatch('the signature does not vouch for the static data');
}
