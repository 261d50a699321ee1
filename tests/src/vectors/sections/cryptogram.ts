/** Application cryptograms, the issuer's answers to them, and issuer scripts (EMV Book 2, 8 and 9). */

import {
  applicationCryptogram,
  arpcMethod1,
  arpcMethod2,
  CRYPTOGRAM_RULES,
  type CryptogramVersion,
  commonScriptSessionKey,
  commonSessionKey,
  cryptogramOf,
  desKeyCheckValue,
  encipherScriptData,
  iccMasterKey,
  macAlgorithm3,
  masterKeyFor,
  type ScriptEncipherment,
  scriptMac,
  type TransactionValues,
  visaScriptSessionKey,
  withArpcKey,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import { ascii, Mismatch, same, type Values } from '../case-values.ts';
import { casesOf, type Section } from '../section.ts';

const VERSIONS: ReadonlyMap<number, CryptogramVersion> = new Map([
  [10, 'visa_10'],
  [18, 'visa_18'],
  [16, 'mastercard_16'],
  [17, 'mastercard_17'],
  [20, 'mastercard_20'],
  [21, 'mastercard_21'],
  [133, 'interac_133'],
]);
const PADDINGS: ReadonlyMap<string, 1 | 2> = new Map([
  ['EMV(80)', 2],
  ['Visa(00)', 1],
]);
const SCHEMES = ['emv', 'mastercard', 'visa'] as const satisfies readonly ScriptEncipherment[];

export const cryptogram: Section = (section) => [
  ...casesOf(section, 'cases', (it) =>
    it.has('cvn') ? checkVersion(it, versionOf(it)) : checkDerived(it, 'a'),
  ),
  ...casesOf(section, 'optionB', (it) => checkDerived(it, 'b')),
  ...casesOf(section, 'arpc2OfOptionA', (it) => checkDerived(it, 'a')),
  ...casesOf(section, 'versions', (it) => checkVersion(it, namedVersion(it))),
  ...casesOf(section, 'scriptMacs', (it) =>
    same('mac', scriptMac(scriptKey(it), { message: it.hex('message') }), it.hex('mac')),
  ),
  ...casesOf(section, 'scriptData', checkScriptData),
  ...casesOf(section, 'iso9797', (it) =>
    same('mac', macAlgorithm3(it.hex('key'), ascii(it.text('text')), numberedPadding(it)), it.hex('mac')),
  ),
  ...casesOf(section, 'keyCheckValues', (it) => same('kcv', desKeyCheckValue(it.hex('key')), it.hex('kcv'))),
];

/** With a session key of a value that the vector gives. */
function checkDerived(it: Values, option: 'a' | 'b'): void {
  const masterKey = iccMasterKey(option, cardOf(it));
  const sessionKey = commonSessionKey(masterKey, it.hex('r'));
  const padding = it.has('padding') ? paddingOf(it) : 2;
  if (it.has('data'))
    same('arqc', applicationCryptogram(sessionKey, { data: it.hex('data'), padding }), it.hex('arqc'));
  if (it.has('arpc1'))
    same('arpc1', arpcMethod1(masterKey, { arqc: it.hex('arqc'), arc: it.hex('arc') }), it.hex('arpc1'));
  if (it.has('arpc2')) same('arpc2', arpc2(sessionKey, it), it.hex('arpc2'));
}

/** By the rules of a cryptogram version. */
function checkVersion(it: Values, version: CryptogramVersion): void {
  const masterKey = masterKeyFor(version, cardOf(it));
  const values: TransactionValues = {
    atc: it.hex('atc'),
    ...(it.has('un') && { unpredictableNumber: it.hex('un') }),
  };
  if (it.has('padding')) same('the padding', CRYPTOGRAM_RULES[version].padding, paddingOf(it));
  same('arqc', cryptogramOf(version, { masterKey, data: it.hex('data'), ...values }), it.hex('arqc'));
  withArpcKey(version, { masterKey, ...values }, (key) => {
    if (it.has('arpc1'))
      same('arpc1', arpcMethod1(key, { arqc: it.hex('arqc'), arc: it.hex('arc') }), it.hex('arpc1'));
    if (it.has('arpc2')) same('arpc2', arpc2(key, it), it.hex('arpc2'));
  });
}

function arpc2(key: Secret, it: Values): Uint8Array {
  const proprietary = it.has('proprietary') ? { proprietaryData: it.hex('proprietary') } : {};
  return arpcMethod2(key, { arqc: it.hex('arqc'), cardStatusUpdate: it.hex('csu'), ...proprietary });
}

function checkScriptData(it: Values): void {
  const scheme = SCHEMES.find((name) => name === it.text('scheme'));
  if (scheme === undefined) throw new Mismatch(`"${it.text('scheme')}" is no way to encipher scripts`);
  same(
    'enciphered',
    encipherScriptData(scriptKey(it), { data: it.hex('data'), scheme }),
    it.hex('enciphered'),
  );
}

function scriptKey(it: Values): Secret {
  const masterKey = iccMasterKey('a', cardOf(it));
  const kind = it.text('sessionKey');
  if (kind === 'visa') return visaScriptSessionKey(masterKey, it.hex('atc'));
  if (kind !== 'common') throw new Mismatch(`"${kind}" is no derivation of a session key`);
  return commonScriptSessionKey(masterKey, { applicationCryptogram: it.hex('arqc') });
}

function cardOf(it: Values) {
  const psn = it.raw('psn');
  return {
    issuerMasterKey: new Secret(it.hex('imk')),
    pan: it.digits('pan'),
    panSequenceNumber: typeof psn === 'string' ? Number(psn) : it.number('psn'),
  };
}

function paddingOf(it: Values): 1 | 2 {
  const padding = PADDINGS.get(it.text('padding'));
  if (padding === undefined) throw new Mismatch(`"${it.text('padding')}" is no padding`);
  return padding;
}

function numberedPadding(it: Values): 1 | 2 {
  const padding = it.number('padding');
  if (padding !== 1 && padding !== 2) throw new Mismatch(`${padding} is no padding method`);
  return padding;
}

function versionOf(it: Values): CryptogramVersion {
  const version = VERSIONS.get(it.number('cvn'));
  if (version === undefined) throw new Mismatch(`${it.number('cvn')} is no cryptogram version`);
  return version;
}

function namedVersion(it: Values): CryptogramVersion {
  const version = [...VERSIONS.values(), 'emv_common' as const].find((name) => name === it.text('version'));
  if (version === undefined) throw new Mismatch(`"${it.text('version')}" is no cryptogram version`);
  return version;
}
