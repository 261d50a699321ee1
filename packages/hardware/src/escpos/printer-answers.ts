/**
 * What comes back from a printer, told apart: the byte that answers `DLE EOT`, the four bytes of an automatic status,
 * and the process id (`37 22`, four characters, `00`). All share one line in any order and in chunks of any size; their
 * fixed bits tell them apart. Anything else is skipped: interfaces add bytes of their own, as XON and XOFF.
 */
import { AUTOMATIC_STATUS_BYTES, type AutomaticStatus, readAutomaticStatus } from '@holdfast/commerce';

/** An answer. What a real-time byte means depends on what was asked. */
export type PrinterAnswer =
  | { kind: 'real_time'; byte: number }
  | { kind: 'automatic'; status: AutomaticStatus }
  | { kind: 'process_id'; id: string };

const FIXED_MASK = 0x93;
const REAL_TIME = 0x12;
const AUTOMATIC = 0x10;
const ID_HEADER = 0x37;
const ID_FLAG = 0x22;
const ID_BYTES = 7;
const ID_CHARACTERS = /^[\x20-\x7e]{4}$/;

/** Reads the answers of one connection. */
export class PrinterAnswers {
  #rest = new Uint8Array(0);

  /** Takes the next bytes and returns the answers that are whole now, in a time that goes with their number. */
  take(bytes: Uint8Array): PrinterAnswer[] {
    const answers: PrinterAnswer[] = [];
    const all = new Uint8Array(Buffer.concat([this.#rest, bytes]));
    let at = 0;
    while (at < all.length) {
      const length = lengthOf(all, at);
      if (at + length > all.length) break;
      const answer = answerOf(all.subarray(at, at + length));
      // What only began like an answer may hide the beginning of one behind its first byte.
      at += answer === undefined ? 1 : length;
      if (answer !== undefined) answers.push(answer);
    }
    this.#rest = all.slice(at);
    return answers;
  }
}

function lengthOf(bytes: Uint8Array, at: number): number {
  const [first = 0, second] = bytes.subarray(at, at + 2);
  if (first === ID_HEADER) return second === undefined || second === ID_FLAG ? ID_BYTES : 1;
  return (first & FIXED_MASK) === AUTOMATIC ? AUTOMATIC_STATUS_BYTES : 1;
}

function answerOf(bytes: Uint8Array): PrinterAnswer | undefined {
  const [first = 0] = bytes;
  if (bytes.length === ID_BYTES) return processId(bytes);
  if (bytes.length === AUTOMATIC_STATUS_BYTES) {
    const read = readAutomaticStatus(bytes);
    return read.ok ? { kind: 'automatic', status: read.status } : undefined;
  }
  return (first & FIXED_MASK) === REAL_TIME ? { kind: 'real_time', byte: first } : undefined;
}

function processId(bytes: Uint8Array): PrinterAnswer | undefined {
  const id = String.fromCharCode(...bytes.subarray(2, 6));
  return bytes[ID_BYTES - 1] === 0 && ID_CHARACTERS.test(id) ? { kind: 'process_id', id } : undefined;
}
