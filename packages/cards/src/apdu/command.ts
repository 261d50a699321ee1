/**
 * Command APDUs in their short form (ISO/IEC 7816-3 12.1.3, EMV Book 1 9.4): four bytes of header, up to 255 bytes of
 * data and a length of the answer. Both directions, for terminals and for cards that are simulated.
 */
import { assert } from '@holdfast/base';

const HEADER_LENGTH = 4;
const DATA_MAX = 255;
/** Written as 00: as much as there is, up to 256 bytes. */
export const LE_ALL = 256;

/** A command. Case 1 has neither data nor `le`, case 2 only `le`, case 3 only data, case 4 both. */
export type Command = {
  cla: number;
  ins: number;
  p1: number;
  p2: number;
  /** 1 to 255 bytes; absent for none. */
  data?: Uint8Array | undefined;
  /** Bytes expected, 1 to 256; absent if no answer is expected. */
  le?: number | undefined;
};

export type CommandResult =
  | { ok: true; command: Command }
  | { ok: false; reason: 'too_short' | 'too_long' | 'wrong_length' };

/** The command as it goes over the line. */
export function encodeCommand({ cla, ins, p1, p2, data, le }: Command): Uint8Array {
  assert(data === undefined || (data.length > 0 && data.length <= DATA_MAX), 'the data fit a short command');
  assert(le === undefined || (le >= 1 && le <= LE_ALL), 'the expected length fits a short command');
  const body = data === undefined ? 0 : 1 + data.length;
  // Written in place: a PIN may be among the data, and lists on the way here could not be wiped.
  const bytes = new Uint8Array(HEADER_LENGTH + body + (le === undefined ? 0 : 1));
  bytes.set([cla, ins, p1, p2]);
  if (data !== undefined) {
    bytes[HEADER_LENGTH] = data.length;
    bytes.set(data, HEADER_LENGTH + 1);
  }
  if (le !== undefined) bytes[bytes.length - 1] = le % LE_ALL;
  return bytes;
}

/** Reads a command strictly. `05` at the fifth place is `le` if nothing follows, else the length of the data. */
export function parseCommand(bytes: Uint8Array): CommandResult {
  const [cla, ins, p1, p2, fifth] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
    return { ok: false, reason: 'too_short' };
  }
  if (bytes.length > HEADER_LENGTH + 1 + DATA_MAX + 1) return { ok: false, reason: 'too_long' };
  const header = { cla, ins, p1, p2 };
  if (fifth === undefined) return { ok: true, command: header };
  if (bytes.length === HEADER_LENGTH + 1) return { ok: true, command: { ...header, le: fifth || LE_ALL } };
  const end = HEADER_LENGTH + 1 + fifth;
  if (fifth === 0 || bytes.length < end || bytes.length > end + 1)
    return { ok: false, reason: 'wrong_length' };
  const data = bytes.slice(HEADER_LENGTH + 1, end);
  const last = bytes[end];
  return {
    ok: true,
    command: last === undefined ? { ...header, data } : { ...header, data, le: last || LE_ALL },
  };
}
