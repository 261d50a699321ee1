/** DUKPT with triple DES (ANSI X9.24-1): keys of serial numbers, and what is done with them. */

import {
  encipherTdesData,
  encipherTdesPinBlock,
  hostTdesInitialKey,
  hostTdesWorkingKey,
  macAlgorithm3,
  readTdesKsn,
  type TdesKeyUsage,
  type TdesKsn,
  tdesMac,
  tdesTransactionKey,
  tdesWorkingKey,
  writePinBlock0,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import type { Values } from '../case-values.ts';
import { ascii, looseHex, parsed, same } from '../compare.ts';
import { desKeyOf } from '../des-key.ts';
import {
  type Answers,
  type Case,
  casesOf,
  REJECT,
  rejectCases,
  type Section,
  valueCase,
} from '../section.ts';
import { spellings } from '../spellings.ts';

const USAGES = ['pin', 'mac_request', 'mac_response', 'data_request', 'data_response'] as const;
const SHARED = ['bdk', 'iksn', 'pin', 'pan', 'data', 'dataHex'];

export const dukptTdes: Section = {
  spellings: spellings({
    bdk: ['baseDerivationKey', 'baseKey'],
    ik: ['ipek', 'initialKey', 'initialPinEncryptionKey'],
    iksn: ['initialKsn', 'ksn0'],
    clearPinBlock: ['pinBlock', 'plainPinBlock'],
    ksn: ['keySerialNumber'],
    txnKey: ['transactionKey', 'currentKey', 'derivedKey', 'sessionKey', 'key'],
    encPin: ['encPinBlock', 'encryptedPin', 'encryptedPinBlock', 'pinEnc'],
    macReq: ['macRequest', 'mac', 'requestMac'],
    macResp: ['macResponse', 'responseMac', 'macRes'],
    encReqData: ['encData', 'dataRequest', 'dataReq', 'encryptedData', 'encDataReq'],
    encRespData: ['dataResponse', 'dataResp', 'encDataResp', 'encResData'],
    pinKey: ['pek'],
    macReqKey: ['macKey', 'macRequestKey', 'mak'],
    macRespKey: ['macResponseKey'],
    dataReqKey: ['dataKey', 'dataRequestKey', 'dek'],
    dataRespKey: ['dataResponseKey'],
  }),
  cases: (section) => [
    ...initialKeyCase(section),
    ...valueCase(section, ['clearPinBlock', ...SHARED], () =>
      same('the block', clearBlockOf(section), section.hex('clearPinBlock')),
    ),
    ...section
      .names()
      .filter((name) => !REJECT.test(name) && typeof section.peek(name) === 'object')
      .flatMap((name) => casesOf(section, name, checkSerialNumber)),
    ...rejectCases(section, (it) => readTdesKsn(looseHex(it.text('ksn')) ?? new Uint8Array()), 'ksn'),
  ],
};

/** Of a section that says which initial key it is; of others the serial numbers do. */
function initialKeyCase(section: Values): Case[] {
  if (section.has('ik')) section.text('ik');
  if (!section.has('bdk') || !section.has('iksn')) return [];
  return valueCase(section, ['ik', ...SHARED], () =>
    same('the initial key', initialKey(section, section.hex('iksn')), section.hex('ik')),
  );
}

/** A case may bring a key, a card and data of its own; one without a transaction's key may be about an initial key. */
function checkSerialNumber(own: Values, section: Values): Answers | undefined {
  const it = own.over(section);
  const name = it.has('ksn') ? it.hex('ksn') : it.hex('iksn');
  if (it.has('bdk') && it.has('ik')) same('the initial key', initialKey(it, name), it.hex('ik'));
  if (own.has('ik') && !own.names().some((member) => RESULTS.has(member))) return undefined;
  const { ksn } = parsed('the serial number', readTdesKsn(it.hex('ksn')));
  if (it.has('iksn')) same('the initial serial number', ksn.initialKsn, tenBytes(it.hex('iksn')));
  const key = (usage: TdesKeyUsage) => workingKey(it, ksn, usage);
  const data = () => (it.has('dataHex') ? it.hex('dataHex') : ascii(it.text('data')));
  for (const [name, result] of Object.entries(resultsOf({ it, ksn, key, data }))) {
    if (own.has(name)) same(name, result(own.hex(name).length), own.hex(name));
  }
  return () => USAGES.map((usage) => bytesOf(key(usage)));
}

const RESULTS: ReadonlySet<string> = new Set([
  ...['txnKey', 'encPin', 'macReq', 'macResp', 'encReqData', 'encRespData'],
  ...['pinKey', 'macReqKey', 'macRespKey', 'dataReqKey', 'dataRespKey'],
]);

/** What the product makes, by name; a code of more bytes than a message carries is the whole MAC. */
function resultsOf(of: {
  it: Values;
  ksn: TdesKsn;
  key: (usage: TdesKeyUsage) => Secret;
  data: () => Uint8Array;
}): Record<string, (length: number) => Uint8Array> {
  const { it, ksn, key, data } = of;
  const mac = (usage: TdesKeyUsage) => (length: number) =>
    length > 4 ? key(usage).use((bytes) => macAlgorithm3(bytes, data(), 1)) : tdesMac(key(usage), data());
  return {
    txnKey: () => tdesTransactionKey(initialKey(it, ksn.initialKsn), ksn),
    encPin: () => encipherTdesPinBlock(key('pin'), clearBlockOf(it)),
    macReq: mac('mac_request'),
    macResp: mac('mac_response'),
    encReqData: () => encipherTdesData(key('data_request'), data()),
    encRespData: () => encipherTdesData(key('data_response'), data()),
    pinKey: () => bytesOf(key('pin')),
    macReqKey: () => bytesOf(key('mac_request')),
    macRespKey: () => bytesOf(key('mac_response')),
    dataReqKey: () => bytesOf(key('data_request')),
    dataRespKey: () => bytesOf(key('data_response')),
  };
}

/** From the base key; where there is none, the one that is given. */
function initialKey(it: Values, iksn: Uint8Array): Uint8Array {
  if (!it.has('bdk')) return it.hex('ik');
  return bytesOf(hostTdesInitialKey(new Secret(desKeyOf(it, 'bdk')), nameOf(iksn)));
}

function workingKey(it: Values, ksn: TdesKsn, usage: TdesKeyUsage): Secret {
  if (it.has('bdk')) return hostTdesWorkingKey({ baseKey: new Secret(desKeyOf(it, 'bdk')), ksn, usage });
  return new Secret(tdesWorkingKey(tdesTransactionKey(it.hex('ik'), ksn), usage));
}

/** The block that stands there in clear, or that of PIN and number. */
function clearBlockOf(it: Values): Uint8Array {
  if (it.has('pin')) return writePinBlock0({ pin: it.digits('pin'), pan: it.digits('pan') });
  return it.hex('clearPinBlock');
}

/** Without the counter, which is no part of the name of an initial key. */
function nameOf(ksn: Uint8Array): Uint8Array {
  const name = tenBytes(ksn);
  name.set([(name[7] ?? 0) & 0xe0, 0, 0], 7);
  return name;
}

/** Eight bytes lack the two of FF before them. */
function tenBytes(ksn: Uint8Array): Uint8Array {
  const full = new Uint8Array(10).fill(0xff);
  full.set(ksn, 10 - ksn.length);
  return full;
}

function bytesOf(key: Secret): Uint8Array {
  return key.use((bytes) => new Uint8Array(bytes));
}
