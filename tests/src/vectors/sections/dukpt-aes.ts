/**
 * DUKPT with AES (ANSI X9.24-3), for base keys of each length: the initial key, keys of serial numbers, working keys by use
 * and type, what is done with them, and the keys that protect a new initial key.
 */

import {
  type AesKsn,
  aesTransactionKey,
  aesUpdateKey,
  panField4,
  readAesKsn,
  type WorkingKeyType,
} from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { looseHex, Mismatch, oneOf, parsed, same } from '../compare.ts';
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
import { ALL_USAGES, type Family, keyMeant, typesOf } from './dukpt-aes-names.ts';
import { bytesOfKey, initialKeyOf, pinFieldOf, RESULTS, workingKey } from './dukpt-aes-results.ts';

const FAMILIES = ['aes', 'tdes', 'hmac'] as const satisfies readonly Family[];
/** What serial numbers may be asked to protect; a section without such values has it all the same. */
const INPUTS = ['bdk', 'ikid', 'pin', 'pan', 'data', 'dataHex', 'iv', 'random'];
const OTHER_CASES = new Set(['initialKeys', 'updateKeys']);

export const dukptAes: Section = {
  spellings: spellings({
    bdk: ['baseDerivationKey', 'baseKey'],
    ik: ['ipek', 'initialKey', 'initialPinEncryptionKey'],
    ikid: ['initialKeyId', 'iksn', 'ikId'],
    ksn: ['keySerialNumber'],
    txnKey: ['transactionKey', 'currentKey', 'derivedKey', 'derivationKey', 'intermediateDerivationKey'],
    encPinBlock4: ['encPinBlock', 'encPin', 'pinBlock4', 'encryptedPinBlock', 'encryptedPin'],
    cmac: ['cmacReq', 'cmacRequest', 'macReq', 'macRequest', 'mac'],
    cmacResp: ['cmacResponse', 'macResp', 'macResponse'],
    hmac: ['hmacReq', 'hmacRequest'],
    hmacResp: ['hmacResponse'],
    encData: ['encReqData', 'dataRequest', 'encryptedData', 'encDataReq'],
    encRespData: ['dataResponse', 'encDataResp'],
  }),
  cases: (section) => [
    ...initialKeyCase(section),
    ...valueCase(section, ['panfield', ...INPUTS], () =>
      same('the field', panField4(section.digits('pan')), section.hex('panfield')),
    ),
    ...valueCase(section, ['pinfield', ...INPUTS], () =>
      same('the field', pinFieldOf(section), section.hex('pinfield')),
    ),
    ...casesOf(section, 'initialKeys', (own) => checkInitialKey(own.over(section))),
    ...casesOf(section, 'updateKeys', (it) => checkUpdateKeys(it, section)),
    ...section
      .names()
      .filter(
        (name) => !REJECT.test(name) && !OTHER_CASES.has(name) && typeof section.peek(name) === 'object',
      )
      .flatMap((name) => casesOf(section, name, checkSerialNumber)),
    ...rejectCases(section, (it) => readAesKsn(looseHex(it.text('ksn')) ?? new Uint8Array()), 'ksn'),
  ],
};

/** Of a section that names its initial key; of others the serial numbers do. */
function initialKeyCase(section: Values): Case[] {
  if (section.has('ik')) section.text('ik');
  if (!section.has('bdk') || !section.has('ikid')) return [];
  return valueCase(section, ['ik', ...INPUTS], () => checkInitialKey(section));
}

function checkInitialKey(it: Values): undefined {
  same('the initial key', initialKeyOf(it), it.hex('ik'));
}

function checkUpdateKeys(it: Values, section: Values): undefined {
  const form = { initialKeyId: section.hex('ikid') };
  const types: WorkingKeyType[] = FAMILIES.flatMap((family) => typesOf(family, 32));
  for (const name of it.names()) {
    const type = types.find((known) => known === name.toLowerCase());
    if (type === undefined) throw new Mismatch(`"${name}" is no type of a key`);
    same(name, aesUpdateKey(initialKeyOf(section), { ...form, type }), it.hex(name));
  }
}

/** A case may bring a base key, a card and data of its own. */
function checkSerialNumber(own: Values, section: Values): Answers {
  const it = own.over(section);
  const { ksn } = parsed('the serial number', readAesKsn(it.hex('ksn')));
  if (it.has('ikid')) same('the name of the initial key', ksn.initialKeyId, it.hex('ikid'));
  if (it.has('bdk') && it.has('ik')) same('the initial key', initialKeyOf(it, ksn), it.hex('ik'));
  if (own.has('txnKey')) same('the key', aesTransactionKey(initialKeyOf(it, ksn), ksn), own.hex('txnKey'));
  for (const [name, result] of RESULTS) {
    if (own.has(name)) oneOf(name, result({ it, ksn }), own.hex(name));
  }
  compareKeys(own, { it, ksn });
  for (const [group, family] of groupsOf(own)) compareKeys(own.object(group), { it, ksn, family });
  return () => allKeys(it, ksn);
}

/** Objects of working keys by use: `keys`, or `tdes2` and the like for keys of one type. */
function groupsOf(own: Values): [group: string, family: Family][] {
  const objects = own
    .names()
    .filter((name) => /^(?:keys|aes|tdes|hmac)/i.test(name) && typeof own.peek(name) === 'object');
  return objects.map((name) => [
    name,
    FAMILIES.find((family) => name.toLowerCase().startsWith(family)) ?? 'aes',
  ]);
}

function compareKeys(keys: Values, of: { it: Values; ksn: AesKsn; family?: Family }): void {
  for (const name of keys.names()) {
    const text = keys.peek(name);
    const bytes = typeof text === 'string' ? looseHex(text) : undefined;
    const meant = bytes && keyMeant(of.family ? `${name}Key_${of.family}` : name, bytes.length);
    if (of.family !== undefined && meant === undefined) throw new Mismatch(`"${name}" is no use of a key`);
    if (bytes === undefined || meant === undefined) continue;
    const allowed = meant.types.map((type) =>
      bytesOfKey(workingKey(of.it, { ksn: of.ksn, usage: meant.usage, type })),
    );
    oneOf(name, allowed, keys.hex(name));
  }
}

/** Working keys of every use and type, for values under names of their own. */
function* allKeys(it: Values, ksn: AesKsn): Generator<Uint8Array> {
  const length = initialKeyOf(it, ksn).length;
  for (const type of FAMILIES.flatMap((family) => typesOf(family, length))) {
    for (const usage of ALL_USAGES) yield bytesOfKey(workingKey(it, { ksn, usage, type }));
  }
}
