/**
 * Commands of an issuer to its card with secure messaging (EMV Book 2 9, format 2): data, enciphered where they are secret,
 * then a code of 8 bytes. Visa and Mastercard put the counter and the cryptogram of the payment into what the code is
 * over; the others do not. Cards of EMV's common rules may use format 1 instead, which is not here. The issuer writes
 * them, the card reads them.
 */
import { assert } from '@holdfast/base';
import { type Secret, sameBytes } from '@holdfast/crypto';
import { type Command, encodeCommand } from '../apdu/command.ts';
import type { CardData } from '../card-data.ts';
import { concatBytes, wipe, xorBytes } from '../cipher/bytes.ts';
import { readPinBlock2, writePinBlock2 } from '../pin/pin-block.ts';
import type { CryptogramVersion } from './cryptogram-version.ts';
import { decipherScriptData, encipherScriptData, type ScriptEncipherment, scriptMac } from './script.ts';
import { commonScriptSessionKey, visaScriptSessionKey } from './session-key.ts';

/** The card's master keys: `ac` for cryptograms, `smi` for codes, `smc` for secret data. */
export type CardMasterKeys = { readonly ac: Secret; readonly smi: Secret; readonly smc: Secret };

/** Where a command stands: the payment's counter and first cryptogram, and its number in the payment from 0. */
export type ScriptPlace = { atc: Uint8Array; applicationCryptogram: Uint8Array; index: number };

type Scripted = { keys: CardMasterKeys; place: ScriptPlace };

const MAC_LENGTH = 8;
const PIN_BLOCK = 8;
const DATA_MAX = 255;

type ScriptRules = { key: 'visa' | 'common'; isPaymentInMac: boolean; encipherment: ScriptEncipherment };

const VISA: ScriptRules = { key: 'visa', isPaymentInMac: true, encipherment: 'visa' };
const MASTERCARD: ScriptRules = { key: 'common', isPaymentInMac: true, encipherment: 'mastercard' };

const RULES: Record<CryptogramVersion, ScriptRules> = {
  visa_10: VISA,
  visa_18: VISA,
  mastercard_16: MASTERCARD,
  mastercard_17: MASTERCARD,
  mastercard_20: MASTERCARD,
  mastercard_21: MASTERCARD,
  interac_133: { key: 'common', isPaymentInMac: false, encipherment: 'mastercard' },
  emv_common: { key: 'common', isPaymentInMac: false, encipherment: 'emv' },
};

/** The command with its code. `data` are as they go to the card: enciphered where they are secret. */
export function writeScriptCommand(
  version: CryptogramVersion,
  { keys, place, ...command }: Scripted & Pick<Command, 'cla' | 'ins' | 'p1' | 'p2' | 'data'>,
): Uint8Array {
  const { data = new Uint8Array() } = command;
  const message = { ...command, data: concatBytes(data, new Uint8Array(MAC_LENGTH)) };
  const mac = macOf(version, { keys, place, command: message });
  return encodeCommand({ ...command, data: concatBytes(data, mac) });
}

/** The data of a command whose code is right, without the code; undefined for any other. */
export function readScriptCommand(
  version: CryptogramVersion,
  { keys, place, command }: Scripted & { command: Command },
): Uint8Array | undefined {
  const { data } = command;
  if (data === undefined || data.length < MAC_LENGTH) return undefined;
  const isRight = sameBytes(macOf(version, { keys, place, command }), data.subarray(-MAC_LENGTH));
  return isRight ? data.slice(0, -MAC_LENGTH) : undefined;
}

/** A new PIN (ASCII digits) as data of PIN CHANGE/UNBLOCK: in Visa's own block, in format 2 for all others. */
export function encipherNewPin(
  version: CryptogramVersion,
  { keys, place, pin }: Scripted & { pin: CardData },
): Uint8Array {
  const block = pin.use(writePinBlock2);
  if (isVisa(version)) maskForVisa(block, keys.ac);
  const enciphered = withScriptKey(version, { master: keys.smc, place }, (key) =>
    encipherScriptData(key, { data: block, scheme: RULES[version].encipherment }),
  );
  wipe(block);
  return enciphered;
}

/** The card's side of {@link encipherNewPin}; undefined where the data do not decipher to a PIN. */
export function decipherNewPin(
  version: CryptogramVersion,
  { keys, place, data }: Scripted & { data: Uint8Array },
): CardData | undefined {
  const block = withScriptKey(version, { master: keys.smc, place }, (key) =>
    decipherScriptData(key, { data, scheme: RULES[version].encipherment }),
  );
  if (block === undefined) return undefined;
  if (block.length === PIN_BLOCK && isVisa(version)) maskForVisa(block, keys.ac);
  const read = readPinBlock2(block);
  wipe(block);
  return read.ok ? read.pin : undefined;
}

function macOf(version: CryptogramVersion, { keys, place, command }: Scripted & { command: Command }) {
  const { cla, ins, p1, p2, data = new Uint8Array() } = command;
  assert(data.length <= DATA_MAX, 'the data fit a short command');
  const payment = RULES[version].isPaymentInMac ? [place.atc, place.applicationCryptogram] : [];
  const header = Uint8Array.of(cla, ins, p1, p2, data.length);
  const message = concatBytes(header, ...payment, data.subarray(0, -MAC_LENGTH));
  return withScriptKey(version, { master: keys.smi, place }, (key) => scriptMac(key, { message }));
}

function withScriptKey<T>(
  version: CryptogramVersion,
  { master, place }: { master: Secret; place: ScriptPlace },
  fn: (key: Secret) => T,
): T {
  const isMastercard = RULES[version] === MASTERCARD;
  using key =
    RULES[version].key === 'visa'
      ? visaScriptSessionKey(master, place.atc)
      : commonScriptSessionKey(master, { ...place, index: isMastercard ? place.index : 0 });
  return fn(key);
}

function isVisa(version: CryptogramVersion): boolean {
  return RULES[version] === VISA;
}

/** Visa's block has no control field, and its last four bytes are combined with bytes of the card's key (VIS). */
function maskForVisa(block: Uint8Array, ac: Secret): void {
  const mask = ac.use((key) => concatBytes(Uint8Array.of(0x20, 0, 0, 0), key.subarray(4, 8)));
  const masked = xorBytes(block, mask);
  block.set(masked);
  wipe(mask, masked);
}
