/** Vectors of the small formats: key ids, canonical JSON, op_ids, receipt codes, currencies, the MAC of an ack. */
import { canonicalJson, hmacSha256, keyIdOf, opIdOf, toBase64Url } from '@holdfast/crypto';
import { receiptCode } from '@holdfast/journal';
import { CURRENCY_CODES, currencyOf } from '@holdfast/money';
import type { World } from './world.ts';

export function keyIds(world: World): object[] {
  return [world.rootKey, world.hubKey, world.device.key, world.other.key].map(({ publicKey }) => ({
    public_key: toBase64Url(publicKey),
    key_id: keyIdOf(publicKey),
  }));
}

/** `text` is any JSON text of the value, `canonical` the one to sign. */
export function canonicalTexts(): object[] {
  const texts = [
    '{ "b": 1, "a": [ 3, 2.50, -0, 1e21, 1E-7 ] }',
    '{"\\u00e5":"\\u00e5","a":"\\u20ac\\/\\n\\u001f","A":null,"z":{"y":true,"x":{}}}',
    '{"\\ud83d\\ude00":1,"\\ufb33":2,"1":3,"\\r":4}',
    '[]',
    '"\\u2028"',
  ];
  return texts.map((text) => ({ text, canonical: canonicalJson(JSON.parse(text)) }));
}

export function opIds(world: World): object[] {
  const terminalId = `api:${world.nextId()}`;
  const keys = [
    '01937f4e-5a60-7c3e-9c1b-2f6d0a4b8e12',
    '01937F4E-5A60-7C3E-9C1B-2F6D0A4B8E12',
    '01937f4e-5a60-4c3e-9c1b-2f6d0a4b8e12',
    'pos-7-000123',
    'å',
  ];
  return keys.map((key) => ({ terminal_id: terminalId, key, op_id: opIdOf({ key, terminalId }) }));
}

export function receiptCodes(world: World): object[] {
  return ['00', 'ff', '5a'].map((byte) => {
    const [opId, bodyHash] = [world.nextId(), byte.repeat(32)];
    return { op_id: opId, body_hash: bodyHash, receipt_code: receiptCode(opId, bodyHash) };
  });
}

/** Decimals of every currency that is known; of any other one nothing is booked. */
export function currencies(): Record<string, number> {
  return Object.fromEntries(CURRENCY_CODES.map((code) => [code, currencyOf(code).exponent]));
}

/** Statements with their MAC, and some whose MAC is not theirs. */
export function acks(world: World): object {
  const statement = {
    generation: world.newId128(),
    device_id: world.device.deviceId,
    incarnation: world.device.incarnation,
    lane: 'transactions',
    acked_seq: 12,
    head_hash: Buffer.from(world.random.bytes(32)).toString('hex'),
    safe_seq: 10,
  };
  const signed = canonicalJson(statement);
  const mac = toBase64Url(hmacSha256(world.macKey, `holdfast-ack-v1\n${signed}`));
  const ack = { ...statement, mac };
  return {
    mac_key: world.macKey.toString('hex'),
    signed: `holdfast-ack-v1\n${signed}`,
    valid: [ack],
    invalid: [
      { ...ack, acked_seq: 13 },
      { ...ack, generation: '0'.repeat(32) },
      { ...ack, mac: toBase64Url(hmacSha256(world.macKey, signed)) },
      { ...ack, mac: `${mac}A` },
    ],
  };
}
