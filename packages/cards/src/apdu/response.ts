/** Response APDUs (ISO/IEC 7816-4, EMV Book 1 9.4.2): data of up to 256 bytes and the two bytes of the status word. */
import { assert } from '@holdfast/base';

const STATUS_LENGTH = 2;
const DATA_MAX = 256;

/** An answer; `sw` is SW1 and SW2 as one number, such as 0x9000. */
export type Response = { data: Uint8Array; sw: number };

export type ResponseResult =
  | { ok: true; response: Response }
  | { ok: false; reason: 'too_short' | 'too_long' };

/** Reads an answer. Whether its data and its status word go together is the reader's business. */
export function parseResponse(bytes: Uint8Array): ResponseResult {
  if (bytes.length < STATUS_LENGTH) return { ok: false, reason: 'too_short' };
  if (bytes.length > DATA_MAX + STATUS_LENGTH) return { ok: false, reason: 'too_long' };
  const end = bytes.length - STATUS_LENGTH;
  const sw = ((bytes[end] ?? 0) << 8) | (bytes[end + 1] ?? 0);
  return { ok: true, response: { data: bytes.slice(0, end), sw } };
}

/** The answer as it goes over the line. */
export function encodeResponse({ data, sw }: Response): Uint8Array {
  assert(data.length <= DATA_MAX, 'the data fit a short answer');
  return Uint8Array.of(...data, sw >> 8, sw & 0xff);
}
