/** The CVM List of a card, tag 8E (EMV Book 3 10.5 and Annex C3): two amounts and rules in the order of the issuer's wish. */

/** Two amounts of four bytes. */
const AMOUNTS_LENGTH = 8;
/** Book 3 Annex A allows 10 to 252 bytes. */
const LENGTH_MAX = 252;

/** What a rule asks for. `unrecognised` stands for the codes that this terminal does not understand. */
export type CvmMethod =
  | 'fail'
  | 'plain_offline_pin'
  | 'online_pin'
  | 'plain_offline_pin_and_signature'
  | 'enciphered_offline_pin'
  | 'enciphered_offline_pin_and_signature'
  | 'biometric'
  | 'signature'
  | 'no_cvm'
  | 'unrecognised';

/** One cardholder verification rule. */
export type CvmRule = {
  /** The first byte as it stands, bit 7 (apply the next rule if this one is unsuccessful) included. */
  code: number;
  /** The second byte: 00 to 09 have a meaning. */
  condition: number;
  method: CvmMethod;
  appliesNext: boolean;
};

/** A list that was read: X and Y are amounts in minor units of the application's currency. */
export type CvmList = { x: bigint; y: bigint; rules: readonly CvmRule[] };

export type CvmListResult =
  | { ok: true; list: CvmList }
  | { ok: false; reason: 'too_short' | 'too_long' | 'no_rules' | 'half_a_rule' };

const METHODS: ReadonlyMap<number, CvmMethod> = new Map([
  [0x00, 'fail'],
  [0x01, 'plain_offline_pin'],
  [0x02, 'online_pin'],
  [0x03, 'plain_offline_pin_and_signature'],
  [0x04, 'enciphered_offline_pin'],
  [0x05, 'enciphered_offline_pin_and_signature'],
  [0x1e, 'signature'],
  [0x1f, 'no_cvm'],
]);

/** Reads a list strictly: both amounts, then at least one rule, and nothing beside whole rules. */
export function parseCvmList(bytes: Uint8Array): CvmListResult {
  if (bytes.length < AMOUNTS_LENGTH) return { ok: false, reason: 'too_short' };
  if (bytes.length > LENGTH_MAX) return { ok: false, reason: 'too_long' };
  if (bytes.length === AMOUNTS_LENGTH) return { ok: false, reason: 'no_rules' };
  if (bytes.length % 2 !== 0) return { ok: false, reason: 'half_a_rule' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rules: CvmRule[] = [];
  for (let at = AMOUNTS_LENGTH; at < bytes.length; at += 2) {
    rules.push(ruleOf(view.getUint8(at), view.getUint8(at + 1)));
  }
  return { ok: true, list: { x: BigInt(view.getUint32(0)), y: BigInt(view.getUint32(4)), rules } };
}

/** The list in bytes, as {@link parseCvmList} reads it: for cards that are made. */
export function writeCvmList(list: {
  x: bigint;
  y: bigint;
  rules: readonly { code: number; condition: number }[];
}): Uint8Array {
  const bytes = new Uint8Array(AMOUNTS_LENGTH + 2 * list.rules.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(list.x));
  view.setUint32(4, Number(list.y));
  list.rules.forEach((rule, index) => {
    bytes.set([rule.code, rule.condition], AMOUNTS_LENGTH + 2 * index);
  });
  return bytes;
}

function ruleOf(code: number, condition: number): CvmRule {
  return { code, condition, method: methodOf(code & 0x3f), appliesNext: (code & 0x40) !== 0 };
}

/** Codes 06 to 0F are the biometric ones of version 4.4: understood, and not performed here. Bit 8 is reserved and passed over. */
function methodOf(code: number): CvmMethod {
  if (code >= 0x06 && code <= 0x0f) return 'biometric';
  return METHODS.get(code) ?? 'unrecognised';
}
