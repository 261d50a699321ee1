/**
 * Card Verification Results: what a card tells its issuer of a payment, within tag 9F10 and authenticated with it. Each
 * scheme has bits of its own for the same facts; a fact that a scheme has no bit for is left out.
 */
import type { CryptogramType } from '../terminal/cryptogram-information.ts';

/** `visa`: VIS 1.4 to 1.6. `mastercard`: M/Chip 4. `common`: EMV Book 3 annex C9.3. */
export type CvrFormat = 'visa' | 'mastercard' | 'common';

/** The facts that are a bit each. */
export type CvrFlag =
  | 'offlinePinPerformed'
  | 'encipheredPinPerformed'
  | 'offlinePinSuccessful'
  | 'offlinePinFailed'
  | 'offlinePinNotPerformed'
  | 'pinTryLimitExceeded'
  | 'ddaPerformed'
  | 'cdaInFirst'
  | 'cdaInSecond'
  | 'issuerAuthenticationPerformed'
  | 'issuerAuthenticationNotPerformed'
  | 'issuerAuthenticationFailed'
  | 'issuerAuthenticationFailedBefore'
  | 'lastOnlineNotCompleted'
  | 'unableToGoOnline'
  | 'newCard'
  | 'lowerLimitExceeded'
  | 'upperLimitExceeded'
  | 'goOnlineNextWasSet'
  | 'scriptReceived'
  | 'scriptFailed'
  | 'international'
  | 'domestic';

export type CvrFacts = {
  first: CryptogramType;
  /** Undefined where no second cryptogram was asked for yet. */
  second: Exclude<CryptogramType, 'ARQC'> | undefined;
  pinTriesLeft: number;
  /** Script commands that succeeded since the last time online. */
  scriptCount: number;
  flags: Partial<Record<CvrFlag, boolean>>;
};

/** Places count from the first byte of the results, which for Visa is their length. */
type Layout = {
  length: number;
  firstByte: number;
  typesAt: number;
  /** Byte and shift of a counter of half a byte. */
  triesAt?: readonly [number, number];
  scriptsAt: readonly [number, number];
  /** Byte and mask. */
  bits: Partial<Record<CvrFlag, readonly [number, number]>>;
};

const VISA: Layout = {
  length: 4,
  firstByte: 3,
  typesAt: 1,
  scriptsAt: [3, 4],
  bits: {
    issuerAuthenticationFailed: [1, 0x08],
    offlinePinPerformed: [1, 0x04],
    offlinePinFailed: [1, 0x02],
    unableToGoOnline: [1, 0x01],
    lastOnlineNotCompleted: [2, 0x80],
    pinTryLimitExceeded: [2, 0x40],
    lowerLimitExceeded: [2, 0x20],
    upperLimitExceeded: [2, 0x20],
    newCard: [2, 0x10],
    issuerAuthenticationFailedBefore: [2, 0x08],
    issuerAuthenticationNotPerformed: [2, 0x04],
    scriptFailed: [3, 0x08],
    ddaPerformed: [3, 0x02],
    cdaInFirst: [3, 0x02],
    cdaInSecond: [3, 0x02],
  },
};

const MASTERCARD: Layout = {
  length: 6,
  firstByte: 0,
  typesAt: 0,
  triesAt: [2, 0],
  scriptsAt: [2, 4],
  bits: {
    offlinePinPerformed: [0, 0x04],
    encipheredPinPerformed: [0, 0x02],
    offlinePinSuccessful: [0, 0x01],
    ddaPerformed: [1, 0x80],
    cdaInFirst: [1, 0x40],
    cdaInSecond: [1, 0x20],
    issuerAuthenticationPerformed: [1, 0x10],
    lastOnlineNotCompleted: [3, 0x80],
    unableToGoOnline: [3, 0x40],
    offlinePinNotPerformed: [3, 0x20],
    offlinePinFailed: [3, 0x10],
    pinTryLimitExceeded: [3, 0x08],
    international: [3, 0x04],
    domestic: [3, 0x02],
    lowerLimitExceeded: [4, 0x80],
    upperLimitExceeded: [4, 0x40],
    goOnlineNextWasSet: [4, 0x08],
    issuerAuthenticationFailed: [4, 0x04],
    issuerAuthenticationFailedBefore: [4, 0x04],
    scriptReceived: [4, 0x02],
    scriptFailed: [4, 0x01],
  },
};

const COMMON: Layout = {
  length: 5,
  firstByte: 0,
  typesAt: 0,
  triesAt: [1, 4],
  scriptsAt: [3, 4],
  bits: {
    cdaInFirst: [0, 0x08],
    cdaInSecond: [0, 0x08],
    ddaPerformed: [0, 0x04],
    issuerAuthenticationNotPerformed: [0, 0x02],
    issuerAuthenticationFailed: [0, 0x01],
    issuerAuthenticationFailedBefore: [0, 0x01],
    offlinePinPerformed: [1, 0x08],
    offlinePinFailed: [1, 0x04],
    pinTryLimitExceeded: [1, 0x02],
    lastOnlineNotCompleted: [1, 0x01],
    lowerLimitExceeded: [2, 0x80],
    upperLimitExceeded: [2, 0x40],
    scriptFailed: [3, 0x08],
    goOnlineNextWasSet: [3, 0x02],
    unableToGoOnline: [3, 0x01],
  },
};

const LAYOUTS: Record<CvrFormat, Layout> = { visa: VISA, mastercard: MASTERCARD, common: COMMON };
const TYPES: readonly CryptogramType[] = ['AAC', 'TC', 'ARQC'];
/** In place of the second cryptogram's type while there is none. */
const NOT_REQUESTED = 2;

/** How many bytes the results of a format have. */
export function cvrLength(format: CvrFormat): number {
  return LAYOUTS[format].length;
}

/** Whether the results say that the card has verified a PIN in this payment. */
export function isPinVerified(format: CvrFormat, cvr: Uint8Array): boolean {
  const { bits } = LAYOUTS[format];
  const isSet = (flag: CvrFlag): boolean => {
    const place = bits[flag];
    return place !== undefined && ((cvr[place[0]] ?? 0) & place[1]) !== 0;
  };
  if (bits.offlinePinSuccessful !== undefined) return isSet('offlinePinSuccessful');
  return isSet('offlinePinPerformed') && !isSet('offlinePinFailed');
}

/** The results in the bytes of a format. */
export function writeCvr(
  format: CvrFormat,
  { first, second, pinTriesLeft, scriptCount, flags }: CvrFacts,
): Uint8Array {
  const { length, firstByte, typesAt, triesAt, scriptsAt, bits } = LAYOUTS[format];
  const bytes = new Uint8Array(length);
  const set = (at: number, value: number): void => {
    bytes[at] = (bytes[at] ?? 0) | value;
  };
  set(0, firstByte);
  const secondCode = second === undefined ? NOT_REQUESTED : TYPES.indexOf(second);
  set(typesAt, (secondCode << 6) | (TYPES.indexOf(first) << 4));
  if (triesAt !== undefined) set(triesAt[0], (pinTriesLeft & 0xf) << triesAt[1]);
  set(scriptsAt[0], (scriptCount & 0xf) << scriptsAt[1]);
  for (const [flag, isSet] of Object.entries(flags)) {
    if (!isSet) continue;
    // The keys of `flags` are those of its type, which the library's declaration of entries cannot say.
    const place = bits[flag as CvrFlag];
    if (place !== undefined) set(...place);
  }
  return bytes;
}
