/**
 * The master key of one card from the issuer's (EMV Book 2 A1.4). Issuer and card hold the same key: the issuer derives
 * it whenever it needs it, the card was given it when it was made.
 */
import { createHash } from 'node:crypto';
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import { desEncrypt } from '../cipher/des.ts';
import { withOddParity } from '../cipher/key-check.ts';
import { secretOf } from '../cipher/secrets.ts';
import { writeNumeric } from '../encoding/bcd.ts';

/** `pan`: 1 to 19 ASCII digits. `panSequenceNumber`: 0 to 99, 0 where the card has none (tag 5F34). */
export type CardOfIssuer = { issuerMasterKey: Secret; pan: Uint8Array; panSequenceNumber?: number };

/** Option A takes the last 16 digits, option B takes all digits of a longer number into account. */
export type MasterKeyOption = 'a' | 'b';

const ZERO = 0x30;
const DIGITS = 16;

/** The card's master key, with odd parity; the caller wipes it. */
export function iccMasterKey(option: MasterKeyOption, card: CardOfIssuer): Secret {
  assert(card.pan.length >= 1 && card.pan.length <= 19, 'the number of a card has 1 to 19 digits');
  const digits = concatBytes(card.pan, sequenceDigits(card.panSequenceNumber ?? 0));
  const block =
    option === 'b' && card.pan.length > DIGITS
      ? hashedDigits(digits)
      : writeNumeric(digits.subarray(-DIGITS), DIGITS / 2);
  const inverted = block.map((byte) => byte ^ 0xff);
  const data = concatBytes(block, inverted);
  const key = card.issuerMasterKey.use((issuer) => desEncrypt(issuer, data));
  const master = secretOf(withOddParity(key));
  wipe(digits, block, inverted, data, key);
  return master;
}

function sequenceDigits(panSequenceNumber: number): Uint8Array {
  assert(Number.isInteger(panSequenceNumber) && panSequenceNumber >= 0, 'a sequence number is 0 to 99');
  assert(panSequenceNumber <= 99, 'a sequence number is 0 to 99');
  return Uint8Array.of(ZERO + Math.floor(panSequenceNumber / 10), ZERO + (panSequenceNumber % 10));
}

/** The first 16 decimal digits of a hash of the number; where there are fewer, letters fill up, A as 0 to F as 5. */
function hashedDigits(digits: Uint8Array): Uint8Array {
  const packed = writeNumeric(digits, Math.ceil(digits.length / 2));
  const hash = createHash('sha1').update(packed).digest();
  const nibbles = Array.from(hash).flatMap((byte) => [byte >> 4, byte & 0xf]);
  const decimal = nibbles.filter((nibble) => nibble <= 9);
  const letters = nibbles.filter((nibble) => nibble > 9).map((nibble) => nibble - 10);
  const chosen = Uint8Array.from([...decimal, ...letters].slice(0, DIGITS), (digit) => ZERO + digit);
  const block = writeNumeric(chosen, DIGITS / 2);
  wipe(packed, hash, chosen);
  return block;
}
