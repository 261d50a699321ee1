/** What both tracks of a stripe share: the parts after the name or number, sentinels and check character, the result. */
import { assert } from '@holdfast/base';
import { areDigits, asciiText } from '../encoding/digits.ts';
import { type Expiry, parseYymm, toYymm } from '../pan/expiry.ts';

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

/** What a reader has to know of a track before it looks at its parts. */
export type TrackLayout = {
  /** With start sentinel, end sentinel and check character. */
  readonly charactersMax: number;
  readonly startSentinel: number;
  readonly endSentinel: number;
  /** The ASCII code of the character whose bits are all zero. */
  readonly base: number;
  /** The bits of a character without its parity. */
  readonly mask: number;
};

/** Each is absent where a separator stands for it. */
export type TrackTail = { readonly expiry?: Expiry; readonly serviceCode?: string };

type TailRead = { readonly ok: true; readonly tail: TrackTail; readonly discretionary: Uint8Array };

/** Start sentinel, end sentinel, check character. */
const FRAME_CHARACTERS = 3;

/**
 * Month and service code, each of which a separator may stand for where the card has none, and the issuer's data after
 * them, which are part of `bytes` (ISO/IEC 7813).
 */
export function readTail(
  bytes: Uint8Array,
  isSeparator: (byte: number | undefined) => boolean,
): TailRead | TrackFailure {
  let offset = 1;
  let expiry: Expiry | undefined;
  if (!isSeparator(bytes[0])) {
    expiry = parseYymm(bytes.subarray(0, 4));
    if (!expiry) return failure('expiry');
    offset = 4;
  }
  const month = expiry && { expiry };
  if (isSeparator(bytes[offset]))
    return { ok: true, tail: { ...month }, discretionary: bytes.subarray(offset + 1) };
  const code = bytes.subarray(offset, offset + 3);
  if (code.length !== 3 || !areDigits(code)) return failure('service_code');
  const tail = { ...month, serviceCode: asciiText(code) };
  return { ok: true, tail, discretionary: bytes.subarray(offset + 3) };
}

/** The characters of month and service code, as {@link readTail} reads them. */
export function writeTail({ expiry, serviceCode }: TrackTail, separator: number): Uint8Array {
  const mark = String.fromCharCode(separator);
  return Buffer.from((expiry === undefined ? mark : toYymm(expiry)) + (serviceCode ?? mark), 'latin1');
}

/**
 * The data between the sentinels. Both may be missing, as readers strip them; the check character may follow the end
 * sentinel, and must then be right.
 */
export function stripSentinels(
  bytes: Uint8Array,
  layout: TrackLayout,
): { readonly ok: true; readonly data: Uint8Array } | TrackFailure {
  const { charactersMax, startSentinel, endSentinel } = layout;
  if (bytes.length > charactersMax) return failure('too_long');
  if (bytes[0] !== startSentinel)
    return bytes.includes(endSentinel) ? failure('sentinel') : dataOf(bytes, layout);
  const end = bytes.indexOf(endSentinel);
  if (end === -1 || bytes.length > end + 2) return failure('sentinel');
  const isChecked = bytes.length === end + 2;
  if (isChecked && bytes[end + 1] !== lrcOf(bytes.subarray(0, end + 1), layout)) return failure('lrc');
  return dataOf(bytes.subarray(1, end), layout);
}

/** As a stripe holds the data: between sentinels, with the check character after them. Wipes the data. */
export function takeOntoStripe(data: Uint8Array, layout: TrackLayout): Uint8Array {
  const bytes = new Uint8Array(data.length + FRAME_CHARACTERS);
  bytes[0] = layout.startSentinel;
  bytes.set(data, 1);
  bytes[data.length + 1] = layout.endSentinel;
  bytes[data.length + 2] = lrcOf(bytes.subarray(0, data.length + 2), layout);
  data.fill(0);
  return bytes;
}

/** Asserts that the stripe has room for the data. */
export function assertFits(data: Uint8Array, layout: TrackLayout): void {
  assert(dataOf(data, layout).ok, 'the track fits on the stripe');
}

function dataOf(data: Uint8Array, layout: TrackLayout): { ok: true; data: Uint8Array } | TrackFailure {
  return data.length <= layout.charactersMax - FRAME_CHARACTERS ? { ok: true, data } : failure('too_long');
}

/** The longitudinal redundancy check (ISO/IEC 7811-2): each bit makes the column even, sentinels included. */
function lrcOf(bytes: Uint8Array, { base, mask }: TrackLayout): number {
  return base + bytes.reduce((sum, byte) => sum ^ ((byte - base) & mask), 0);
}

/** The result that says why. */
export function failure(reason: TrackFault): TrackFailure {
  return { ok: false, reason };
}
