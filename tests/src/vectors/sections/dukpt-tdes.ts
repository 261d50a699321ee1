/** DUKPT with triple DES (ANSI X9.24-1): keys of serial numbers, and what is done with them. */

import {
  encipherTdesData,
  encipherTdesPinBlock,
  hostTdesInitialKey,
  hostTdesWorkingKey,
  readTdesKsn,
  type TdesKsn,
  tdesMac,
  tdesTransactionKey,
  writePinBlock0,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import { ascii, parsed, same, type Values } from '../case-values.ts';
import { casesOf, type Section, valueCase } from '../section.ts';

export const dukptTdes: Section = (section) => [
  ...valueCase(section, ['ik', 'bdk', 'iksn'], () => {
    const key = hostTdesInitialKey(baseKeyOf(section), section.hex('iksn'));
    key.use((bytes) => same('the initial key', bytes, section.hex('ik')));
  }),
  ...valueCase(section, ['clearPinBlock', 'pin', 'pan', 'data'], () =>
    same('the block', clearBlockOf(section), section.hex('clearPinBlock')),
  ),
  ...section
    .names()
    .filter((name) => Array.isArray(section.raw(name)))
    .flatMap((name) => casesOf(section, name, checkSerialNumber)),
];

function checkSerialNumber(it: Values, section: Values): void {
  const { ksn } = parsed('the serial number', readTdesKsn(it.hex('ksn')));
  same('the initial serial number', ksn.initialKsn, section.hex('iksn'));
  same('the key', tdesTransactionKey(section.hex('ik'), ksn), it.hex('txnKey'));
  const of = (usage: 'pin' | 'mac_request' | 'mac_response' | 'data_request' | 'data_response') =>
    workingKey(section, ksn, usage);
  const compare = (name: string, result: () => Uint8Array) => {
    if (it.has(name)) same(name, result(), it.hex(name));
  };
  const data = () => ascii(section.text('data'));
  compare('encPin', () => encipherTdesPinBlock(of('pin'), clearBlockOf(section)));
  compare('macReq', () => tdesMac(of('mac_request'), data()));
  compare('macResp', () => tdesMac(of('mac_response'), data()));
  compare('encReqData', () => encipherTdesData(of('data_request'), data()));
  compare('encRespData', () => encipherTdesData(of('data_response'), data()));
}

function workingKey(
  section: Values,
  ksn: TdesKsn,
  usage: Parameters<typeof hostTdesWorkingKey>[0]['usage'],
): Secret {
  return hostTdesWorkingKey({ baseKey: baseKeyOf(section), ksn, usage });
}

function clearBlockOf(section: Values): Uint8Array {
  return writePinBlock0({ pin: section.digits('pin'), pan: section.digits('pan') });
}

function baseKeyOf(section: Values): Secret {
  return new Secret(section.hex('bdk'));
}
