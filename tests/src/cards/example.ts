/**
 * What `@holdfast/cards` does, in a few lines: the objects of a chip, a track of a stripe, a PIN under a key that is used
 * once. Run it with `npx node tests/src/cards/example.ts`. All values are public test values.
 */
import { inspect } from 'node:util';
import {
  brandOf,
  decipherPinBlock4,
  fromHex,
  hostAesWorkingKey,
  isSensitiveTag,
  parseTlv,
  parseTrack2,
  readAesKsn,
  tagInfo,
  toHex,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';

const ascii = (text: string) => new TextEncoder().encode(text);

const tell = (line: string) => process.stdout.write(`${line}\n`);

/** A parser never throws: it says why it refuses. */
function opened<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
  if (!result.ok) throw new Error(`refused: ${inspect(result)}`);
  return result as Extract<T, { ok: true }>; // By the line above.
}

// Data objects of a chip: what must not be shown is known by its tag.
for (const { tag, value } of opened(parseTlv(fromHex('9F02060000000024505F2A0207525A084111111111111111')))
  .objects) {
  const name = tagInfo(tag)?.name;
  tell(`${tag} ${name}: ${isSensitiveTag(tag) ? 'not shown' : toHex(value)}`);
}
tell(`9F0206 alone: ${inspect(parseTlv(fromHex('9F0206')))}`);

// A track: its number is CardData. A log shows `[card data]`, and text or JSON of it is refused.
const { track } = opened(parseTrack2(ascii(';4111111111111111=30121010000012300000?')));
tell(`number: ${inspect(track.pan)}, service code: ${track.serviceCode}, expiry: ${inspect(track.expiry)}`);
tell(`brand: ${track.pan.use((digits) => brandOf(digits).brand)}`);

// The issuer's side of a PIN: key of the transaction from its serial number, then the block (ISO 9564-1 format 4).
const baseKey = new Secret(fromHex('FEDCBA9876543210F1F1F1F1F1F1F1F1'));
const { ksn } = opened(readAesKsn(fromHex('123456789012345600000001')));
const key = hostAesWorkingKey({ baseKey, ksn, usage: 'pin', type: 'aes128' });
const { pin } = opened(
  track.pan.use((pan) => decipherPinBlock4({ block: fromHex('A912150391AB65A67E52883D81CE2D15'), pan, key })),
);
tell(`the PIN has ${pin.use((digits) => digits.length)} digits`);

for (const secret of [baseKey, key, pin, track.pan, track.discretionary]) secret.wipe();
