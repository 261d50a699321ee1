/**
 * A PIN on its way to the card, enciphered with the card's key (EMV Book 2 7.2): header, PIN block, the card's
 * unpredictable number, so that it cannot be used twice, and random bytes, so that it cannot be guessed.
 */
import { assert, type Random } from '@holdfast/base';
import { sameBytes } from '@holdfast/crypto';
import { CardData } from '../card-data.ts';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import { type RsaPrivateKey, type RsaPublicKey, rsaPrivate, rsaPublic } from '../cipher/rsa.ts';

const HEADER = 0x7f;
const BLOCK_LENGTH = 8;
const HEAD_LENGTH = 1 + 2 * BLOCK_LENGTH;

/**
 * The data of the VERIFY command, as long as the key. `pinBlock`: 8 bytes of format 2. `unpredictableNumber`: the 8
 * bytes that GET CHALLENGE returned. Undefined where EMV does not allow the key.
 */
export function encipherOfflinePin(
  key: RsaPublicKey,
  {
    pinBlock,
    unpredictableNumber,
    random,
  }: { pinBlock: Uint8Array; unpredictableNumber: Uint8Array; random: Random },
): Uint8Array<ArrayBuffer> | undefined {
  assert(pinBlock.length === BLOCK_LENGTH, 'a PIN block has 8 bytes');
  assert(unpredictableNumber.length === BLOCK_LENGTH, 'the unpredictable number of a card has 8 bytes');
  const filler = random.bytes(Math.max(0, key.modulus.length - HEAD_LENGTH));
  const block = concatBytes(Uint8Array.of(HEADER), pinBlock, unpredictableNumber, filler);
  const enciphered = rsaPublic(key, block);
  wipe(block);
  return enciphered;
}

/** The card's side: the clear PIN block, or which check did not hold. */
export function decipherOfflinePin(
  key: RsaPrivateKey,
  { data, unpredictableNumber }: { data: Uint8Array; unpredictableNumber: Uint8Array },
): { ok: true; pinBlock: CardData } | { ok: false; reason: 'length' | 'header' | 'unpredictable_number' } {
  const { modulus } = key.publicKey;
  if (data.length !== modulus.length || Buffer.compare(data, modulus) >= 0)
    return { ok: false, reason: 'length' };
  const block = rsaPrivate(key, data);
  const number = block.slice(1 + BLOCK_LENGTH, HEAD_LENGTH);
  const pinBlock = CardData.take(block.subarray(1, 1 + BLOCK_LENGTH));
  const reason =
    block[0] !== HEADER
      ? 'header'
      : sameBytes(number, unpredictableNumber)
        ? undefined
        : 'unpredictable_number';
  wipe(block);
  if (reason === undefined) return { ok: true, pinBlock };
  pinBlock.wipe();
  return { ok: false, reason };
}
