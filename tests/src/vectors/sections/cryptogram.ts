/** Application cryptograms, the issuer's answers to them, and issuer scripts (EMV Book 2, 8 and 9). */

import {
  aesKeyCheckValue,
  applicationCryptogram,
  arpcMethod1,
  arpcMethod2,
  CRYPTOGRAM_RULES,
  type CryptogramVersion,
  commonAcSessionKey,
  commonScriptSessionKey,
  commonSessionKey,
  cryptogramOf,
  desKeyCheckValue,
  encipherScriptData,
  iccMasterKey,
  macAlgorithm1,
  macAlgorithm3,
  mastercardAcSessionKey,
  masterKeyFor,
  scriptMac,
  type TransactionValues,
  toHex,
  visaScriptSessionKey,
  withArpcKey,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import type { Values } from '../case-values.ts';
import { ascii, Mismatch, same } from '../compare.ts';
import { desKeyOf } from '../des-key.ts';
import { type Answers, casesOf, type Section } from '../section.ts';
import { spellings } from '../spellings.ts';
import { optionOf, paddingOf, schemeOf, versionOf } from './cryptogram-names.ts';

const TWO_LETTERS = /^[0-9A-Z]{2}$/i;

export const cryptogram: Section = {
  spellings: spellings({
    imk: ['issuerMasterKey', 'imkAc', 'issMkAc', 'mdk', 'imkac'],
    pan: ['primaryAccountNumber'],
    psn: ['panSequenceNumber', 'panSeq', 'csn'],
    r: ['diversification', 'diversificationValue'],
    atc: ['tag9F36', '9F36'],
    un: ['unpredictableNumber', 'tag9F37', '9F37', 'upn'],
    data: ['transactionData', 'txnData'],
    arqc: ['ac', 'tc', 'aac', 'applicationCryptogram', 'tag9F26', '9F26'],
    arc: ['arpcRc', 'responseCode', 'authorisationResponseCode', 'rc'],
    csu: ['cardStatusUpdate'],
    proprietary: ['proprietaryData', 'propAuthData', 'pad', 'proprietaryAuthData'],
    arpc1: ['arpcMethod1'],
    arpc2: ['arpcMethod2'],
    iccMk: ['iccMasterKey', 'mk', 'cardMasterKey', 'udk', 'mkAc'],
    sk: ['skAc', 'acSessionKey', 'sessionKeyAc'],
    kcv: ['keyCheckValue', 'checkValue'],
    option: ['mkOption', 'mkdMethod', 'derivationOption'],
    enciphered: ['encrypted', 'encData', 'ciphertext'],
  }),
  cases: (section) => section.names().flatMap((name) => casesOf(section, name, (it) => checkCase(it, name))),
};

/** What a case is about is told by what it has. */
function checkCase(it: Values, list: string): Answers | undefined {
  if (it.has('enciphered')) return checkScriptData(it);
  if (it.has('message'))
    return same(
      'mac',
      scriptMac(scriptKey(it), { message: it.hex('message'), length: it.hex('mac').length }),
      it.hex('mac'),
    );
  if (it.has('imk')) return it.has('cvn') || it.has('version') ? checkVersion(it) : checkDerived(it, list);
  return it.has('kcv') ? checkKeyCheckValue(it) : checkMac(it);
}

/** By the common derivation of a value that the vector gives, or of the counter; without both, by the master key itself. */
function checkDerived(it: Values, list: string): Answers {
  const masterKey = iccMasterKey(optionOf(it, list), cardOf(it));
  if (it.has('iccMk')) same('iccMk', bytesOf(masterKey), it.hex('iccMk'));
  const sessionKey = sessionKeyOf(it, masterKey);
  if (it.has('sk')) same('sk', bytesOf(sessionKey), it.hex('sk'));
  const padding = it.has('padding') ? paddingOf(it) : 2;
  if (it.has('data'))
    same('arqc', applicationCryptogram(sessionKey, { data: it.hex('data'), padding }), it.hex('arqc'));
  if (it.has('arpc1')) same('arpc1', arpc1(masterKey, it), it.hex('arpc1'));
  if (it.has('arpc2')) same('arpc2', arpc2(sessionKey, it), it.hex('arpc2'));
  return () => answersOf([masterKey, sessionKey], (key) => [arpc1IfAny(key, it), arpc2IfAny(key, it)]);
}

function sessionKeyOf(it: Values, masterKey: Secret): Secret {
  if (it.has('r')) return commonSessionKey(masterKey, it.hex('r'));
  if (!it.has('atc')) return masterKey;
  if (!it.has('un')) return commonAcSessionKey(masterKey, it.hex('atc'));
  return mastercardAcSessionKey(masterKey, { atc: it.hex('atc'), unpredictableNumber: it.hex('un') });
}

/** By the rules of a cryptogram version. Those without session keys do not look at the counter. */
function checkVersion(it: Values): Answers {
  const version = versionOf(it);
  const masterKey = masterKeyFor(version, cardOf(it));
  if (it.has('iccMk')) same('iccMk', bytesOf(masterKey), it.hex('iccMk'));
  const values: TransactionValues = {
    atc: it.hexIfAny('atc') ?? new Uint8Array(2),
    ...(it.has('un') && { unpredictableNumber: it.hex('un') }),
  };
  checkAtc(it, version);
  if (it.has('padding')) same('the padding', CRYPTOGRAM_RULES[version].padding, paddingOf(it));
  same('arqc', cryptogramOf(version, { masterKey, data: it.hex('data'), ...values }), it.hex('arqc'));
  const keys = withArpcKey(version, { masterKey, ...values }, (key) => {
    if (it.has('arpc1')) same('arpc1', arpc1(key, it), it.hex('arpc1'));
    if (it.has('arpc2')) same('arpc2', arpc2(key, it), it.hex('arpc2'));
    return [masterKey, new Secret(bytesOf(key))];
  });
  return () => answersOf(keys, (key) => [arpc1IfAny(key, it), arpc2IfAny(key, it)]);
}

/** A version that derives keys from the counter needs it; for others it is part of the data, where it must be found. */
function checkAtc(it: Values, version: CryptogramVersion): void {
  const { acKey, arpcKey } = CRYPTOGRAM_RULES[version];
  const isNeeded = acKey !== 'master' || arpcKey !== 'master';
  if (isNeeded && !it.has('atc')) throw new Mismatch('"atc" is missing');
  if (it.has('atc') && !toHex(it.hex('data')).includes(toHex(it.hex('atc'))))
    throw new Mismatch('the data do not hold "atc"');
}

function arpc1(key: Secret, it: Values): Uint8Array {
  const text = it.text('arc');
  const arc = TWO_LETTERS.test(text) ? ascii(text) : it.hex('arc');
  return arpcMethod1(key, { arqc: it.hex('arqc'), arc });
}

function arpc2(key: Secret, it: Values): Uint8Array {
  const proprietary = it.hexIfAny('proprietary');
  return arpcMethod2(key, {
    arqc: it.hex('arqc'),
    cardStatusUpdate: it.hex('csu'),
    ...(proprietary && { proprietaryData: proprietary }),
  });
}

function arpc1IfAny(key: Secret, it: Values): Uint8Array | undefined {
  return it.has('arc') ? arpc1(key, it) : undefined;
}

function arpc2IfAny(key: Secret, it: Values): Uint8Array | undefined {
  return it.has('csu') ? arpc2(key, it) : undefined;
}

/** The keys on the way, their check values in the lengths that are in use, and what is made with them. */
function* answersOf(
  keys: readonly Secret[],
  made: (key: Secret) => (Uint8Array | undefined)[],
): Generator<Uint8Array> {
  for (const key of keys) {
    yield bytesOf(key);
    const check = key.use(desKeyCheckValue);
    yield check;
    yield check.slice(0, 2);
    for (const bytes of made(key)) if (bytes) yield bytes;
  }
}

function checkScriptData(it: Values): undefined {
  const enciphered = encipherScriptData(scriptKey(it), { data: it.hex('data'), scheme: schemeOf(it) });
  same('enciphered', enciphered, it.hex('enciphered'));
}

function scriptKey(it: Values): Secret {
  const masterKey = iccMasterKey(it.has('option') ? optionOf(it, '') : 'a', cardOf(it));
  const kind = it.text('sessionKey').toLowerCase();
  if (kind === 'visa') return visaScriptSessionKey(masterKey, it.hex('atc'));
  if (kind !== 'common' && kind !== 'mastercard')
    throw new Mismatch(`"${kind}" is no derivation of a session key`);
  const index = it.has('index') ? it.number('index') : 0;
  return commonScriptSessionKey(masterKey, { applicationCryptogram: it.hex('arqc'), index });
}

/** With algorithm 3 of ISO 9797-1, unless the vector says 1. */
function checkMac(it: Values): undefined {
  const message = it.has('text') ? ascii(it.text('text')) : it.hex('data');
  const calculate = it.has('algorithm') && it.text('algorithm') === '1' ? macAlgorithm1 : macAlgorithm3;
  const expected = it.hex('mac');
  same('mac', calculate(desKeyOf(it, 'key'), message, paddingOf(it)).slice(0, expected.length), expected);
}

/** The first bytes of the check value; of an AES key where the vector says so. */
function checkKeyCheckValue(it: Values): undefined {
  const isAes = it.has('algorithm') && /aes/i.test(it.text('algorithm'));
  const value = isAes ? aesKeyCheckValue(it.hex('key')) : desKeyCheckValue(desKeyOf(it, 'key'));
  const expected = it.hex('kcv');
  if (expected.length < 2) throw new Mismatch('"kcv" is too short');
  same('kcv', value.slice(0, expected.length), expected);
}

function cardOf(it: Values) {
  return {
    issuerMasterKey: new Secret(desKeyOf(it, 'imk')),
    pan: it.digits('pan'),
    ...(it.has('psn') && { panSequenceNumber: Number(it.text('psn')) }),
  };
}

function bytesOf(key: Secret): Uint8Array<ArrayBuffer> {
  return key.use((bytes) => new Uint8Array(bytes));
}
