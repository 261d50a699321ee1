/** What both tracks of a stripe share: the parts after the name or number, the check character, the result. */
import { areDigits, asciiText } from '../encoding/digits.ts';
import { type Expiry, parseYymm } from '../pan/expiry.ts';

/** Why bytes are no track. */
export type TrackFault =
  | 'too_long'
  | 'sentinel'
  | 'lrc'
  | 'format_code'
  | 'character'
  | 'separator'
  | 'pan'
  | 'name'
  | 'expiry'
  | 'service_code';

export type TrackFailure = { readonly ok: false; readonly reason: TrackFault };

/** How the characters of a track map to the bits of its check character. */
export type TrackAlphabet = {
  readonly startSentinel: number;
  readonly endSentinel: number;
  /** The ASCII code of the character whose bits are all zero. */
  readonly base: number;
  /** The bits of a character without its parity. */
  readonly mask: number;
};

type Tail = {
  readonly ok: true;
  readonly expiry?: Expiry;
  readonly serviceCode?: string;
  readonly discretionary: Uint8Array;
};

/**
 * Month and service code, each of which a separator may stand for where the card has none, and the issuer's data after
 * them (ISO/IEC 7813).
 */
export function readTail(
  bytes: Uint8Array,
  isSeparator: (byte: number | undefined) => boolean,
): Tail | TrackFailure {
  let offset = 1;
  let expiry: Expiry | undefined;
  if (!isSeparator(bytes[0])) {
    expiry = parseYymm(bytes.subarray(0, 4));
    if (!expiry) return failure('expiry');
    offset = 4;
  }
  if (isSeparator(bytes[offset])) {
    return { ok: true, ...(expiry && { expiry }), discretionary: bytes.subarray(offset + 1) };
  }
  const code = bytes.subarray(offset, offset + 3);
  if (code.length !== 3 || !areDigits(code)) return failure('service_code');
  const discretionary = bytes.subarray(offset + 3);
  return { ok: true, ...(expiry && { expiry }), serviceCode: asciiText(code), discretionary };
}

/**
 * The data between the sentinels. Both may be missing, as readers strip them; the check character may follow the end
 * sentinel, and must then be right.
 */
export function stripSentinels(
  bytes: Uint8Array,
  alphabet: TrackAlphabet,
): { readonly ok: true; readonly data: Uint8Array } | TrackFailure {
  if (bytes[0] !== alphabet.startSentinel) {
    return bytes.includes(alphabet.endSentinel) ? failure('sentinel') : { ok: true, data: bytes };
  }
  const end = bytes.indexOf(alphabet.endSentinel);
  if (end === -1 || bytes.length > end + 2) return failure('sentinel');
  const isChecked = bytes.length === end + 2;
  if (isChecked && bytes[end + 1] !== lrcOf(bytes.subarray(0, end + 1), alphabet)) return failure('lrc');
  return { ok: true, data: bytes.subarray(1, end) };
}

/** The data between sentinels, and the check character after them, in an array of its own. */
export function addSentinels(data: Uint8Array, alphabet: TrackAlphabet): Uint8Array {
  const bytes = new Uint8Array(data.length + 3);
  bytes[0] = alphabet.startSentinel;
  bytes.set(data, 1);
  bytes[data.length + 1] = alphabet.endSentinel;
  bytes[data.length + 2] = lrcOf(bytes.subarray(0, data.length + 2), alphabet);
  return bytes;
}

/** The longitudinal redundancy check (ISO/IEC 7811-2): each bit makes the column even, sentinels included. */
function lrcOf(bytes: Uint8Array, alphabet: TrackAlphabet): number {
  return alphabet.base + bytes.reduce((sum, byte) => sum ^ ((byte - alphabet.base) & alphabet.mask), 0);
}

export function failure(reason: TrackFault): TrackFailure {
  return { ok: false, reason };
}
