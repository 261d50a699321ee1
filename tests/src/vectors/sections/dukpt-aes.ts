/**
 * DUKPT with AES (ANSI X9.24-3), for base keys of each length: the initial key, keys of serial numbers, working keys by use
 * and type, PIN blocks, and the keys that protect a new initial key.
 */

import {
  type AesKeyUsage,
  type AesKsn,
  aesDecrypt,
  aesMac,
  aesTransactionKey,
  aesUpdateKey,
  encipherAesData,
  encipherPinBlock4,
  hostAesInitialKey,
  hostAesWorkingKey,
  panField4,
  readAesKsn,
  type WorkingKeyType,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import { ascii, Mismatch, parsed, same, type Values } from '../case-values.ts';
import { type Case, caseOf, casesOf, type Section, valueCase } from '../section.ts';

const KEY_NAME = /^(pin|cmac|mac|data|keyEncryption)Key(Aes128|Aes192|Aes256|Tdes2|Tdes3)$/;
const USAGE_OF: Readonly<Record<string, AesKeyUsage>> = {
  pin: 'pin',
  cmac: 'mac_generation',
  mac: 'mac_generation',
  data: 'data_encryption',
  keyEncryption: 'key_encryption',
};
const TYPES: ReadonlyMap<string, WorkingKeyType> = new Map(
  (['aes128', 'aes192', 'aes256', 'tdes2', 'tdes3'] as const).map((type) => [type, type]),
);
const USAGES: ReadonlyMap<string, AesKeyUsage> = new Map(
  (
    [
      'key_encryption',
      'pin',
      'mac_generation',
      'mac_verification',
      'mac_both',
      'data_encryption',
      'data_decryption',
      'data_both',
    ] as const
  ).map((usage) => [usage, usage]),
);
const TYPE_OF_LENGTH: ReadonlyMap<number, WorkingKeyType> = new Map([
  [16, 'aes128'],
  [24, 'aes192'],
  [32, 'aes256'],
]);

export const dukptAes: Section = (section) => {
  // What the serial numbers may be asked to authenticate or encipher; a section without such values has it all the same.
  if (section.has('data')) section.text('data');
  return casesOfKeys(section);
};

const casesOfKeys: Section = (section) => [
  ...valueCase(section, ['ik', 'bdk', 'ikid'], () => checkInitialKey(section)),
  ...valueCase(section, ['panfield', 'pan'], () =>
    same('the field', panField4(section.digits('pan')), section.hex('panfield')),
  ),
  ...valueCase(section, ['pinfield', 'pin'], () => checkPinField(section)),
  ...casesOf(section, 'initialKeys', checkInitialKey),
  ...workingKeyCases(section),
  ...section
    .names()
    .filter((name) => Array.isArray(section.raw(name)) && name !== 'initialKeys')
    .flatMap((name) => casesOf(section, name, checkSerialNumber)),
];

function checkInitialKey(it: Values): void {
  const key = hostAesInitialKey(new Secret(it.hex('bdk')), it.hex('ikid'));
  key.use((bytes) => same('the initial key', bytes, it.hex('ik')));
}

/** Keys by use and by type for one serial number, and the keys that protect a new initial key. */
function workingKeyCases(section: Values): Case[] {
  return [
    ...caseOf(section, 'allUsagesCounter1', (it) => {
      const ksn = ksnOf(it, section);
      const keys = it.object('keys');
      for (const name of keys.names())
        compareKey(section, { ksn, values: keys, name, type: ownType(keys.hex(name)) });
    }),
    ...caseOf(section, 'tdesWorkingKeysCounter1', (it) => {
      const ksn = ksnOf(it, section);
      for (const type of ['tdes2', 'tdes3'] as const) {
        if (!it.has(type)) continue;
        const keys = it.object(type);
        for (const name of keys.names()) compareKey(section, { ksn, values: keys, name, type });
      }
    }),
    ...caseOf(section, 'updateKeys', (it) => {
      const form = { initialKeyId: section.hex('ikid') };
      for (const name of it.names()) {
        const type = TYPES.get(name);
        if (type === undefined) throw new Mismatch(`"${name}" is no type of a key`);
        same(name, aesUpdateKey(section.hex('ik'), { ...form, type }), it.hex(name));
      }
    }),
  ];
}

function checkSerialNumber(it: Values, section: Values): void {
  const ksn = ksnOf(it, section);
  if (it.has('txnKey')) same('the key', aesTransactionKey(section.hex('ik'), ksn), it.hex('txnKey'));
  for (const name of it.names()) {
    const [, use = '', typeName = ''] = KEY_NAME.exec(name) ?? [];
    const type = TYPES.get(typeName.toLowerCase());
    const usage = USAGE_OF[use];
    if (usage !== undefined && type !== undefined)
      same(name, bytesOfKey(workingKey(section, { ksn, usage, type })), it.hex(name));
    else if (USAGES.has(name)) compareKey(section, { ksn, values: it, name, type: ownType(it.hex(name)) });
  }
  comparePinBlock(it, section, ksn);
  const key = (usage: AesKeyUsage) => workingKey(section, { ksn, usage, type: strongest(section) });
  const data = () => ascii(section.text('data'));
  if (it.has('cmac')) same('cmac', aesMac(key('mac_generation'), data()), it.hex('cmac'));
  if (it.has('encData'))
    same('encData', encipherAesData(key('data_encryption'), { data: data() }), it.hex('encData'));
}

/** The block under the PIN key of the length that the vector means: one of those that the base key allows. */
function comparePinBlock(it: Values, section: Values, ksn: AesKsn): void {
  if (!it.has('encPinBlock4')) return;
  const expected = it.hex('encPinBlock4');
  const types = [...TYPE_OF_LENGTH].filter(([length]) => length <= section.hex('bdk').length);
  const blocks = types.map(([, type]) => pinBlock(section, workingKey(section, { ksn, usage: 'pin', type })));
  const found = blocks.find((block) => Buffer.compare(block, expected) === 0);
  same('encPinBlock4', found ?? blocks.at(-1), expected);
}

function pinBlock(section: Values, key: Secret): Uint8Array {
  const drawn = section.hex('pinfield').slice(8);
  return encipherPinBlock4({
    pin: section.digits('pin'),
    pan: section.digits('pan'),
    key,
    random: { unit: () => 0, bytes: () => drawn.slice() },
  });
}

/** The field under a known key, opened by hand: it is nowhere else in the clear. */
function checkPinField(section: Values): void {
  const key = new Uint8Array(16);
  const combined = aesDecrypt(key, pinBlock(section, new Secret(key)));
  const panField = section.hex('panfield');
  const once = combined.map((byte, index) => byte ^ (panField[index] ?? 0));
  same('the field', aesDecrypt(key, once), section.hex('pinfield'));
}

function compareKey(
  section: Values,
  of: { ksn: AesKsn; values: Values; name: string; type: WorkingKeyType },
): void {
  const usage = USAGES.get(of.name);
  if (usage === undefined) throw new Mismatch(`"${of.name}" is no use of a key`);
  const { ksn, type } = of;
  same(of.name, bytesOfKey(workingKey(section, { ksn, usage, type })), of.values.hex(of.name));
}

function workingKey(
  section: Values,
  form: { ksn: AesKsn; usage: AesKeyUsage; type: WorkingKeyType },
): Secret {
  return hostAesWorkingKey({ baseKey: new Secret(section.hex('bdk')), ...form });
}

function ksnOf(it: Values, section: Values): AesKsn {
  const { ksn } = parsed('the serial number', readAesKsn(it.hex('ksn')));
  same('the name of the initial key', ksn.initialKeyId, section.hex('ikid'));
  return ksn;
}

function ownType(key: Uint8Array): WorkingKeyType {
  const type = TYPE_OF_LENGTH.get(key.length);
  if (type === undefined) throw new Mismatch('the key has no length of AES');
  return type;
}

function strongest(section: Values): WorkingKeyType {
  return ownType(section.hex('bdk'));
}

function bytesOfKey(key: Secret): Uint8Array {
  return key.use((bytes) => new Uint8Array(bytes));
}
