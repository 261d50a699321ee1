/**
 * Reads the bytes of a print job as a printer does, command by command (Epson's ESC/POS command reference). Written apart
 * from the product's own reader, so that one mistake cannot hide in both; what it does not know, it refuses.
 */

/** What a job puts on paper. Letters beyond ASCII, which depend on a code page, are shown as `?`. */
export type PrintedJob = { lines: readonly string[]; qrCodes: readonly string[]; cuts: number };

/** Bytes of a command beside the two that name it. */
const ARGUMENT_BYTES: ReadonlyMap<number, number> = new Map([
  [0x1b40, 0], // ESC @, initialise
  [0x1b45, 1], // ESC E, bold
  [0x1b4d, 1], // ESC M, font
  [0x1b61, 1], // ESC a, alignment
  [0x1b70, 3], // ESC p, drawer
  [0x1b74, 1], // ESC t, code page
  [0x1c2e, 0], // FS ., no kanji
  [0x1d21, 1], // GS !, size
  [0x1d56, 1], // GS V, cut
  [0x1d61, 1], // GS a, automatic status
  [0x1004, 1], // DLE EOT, status in real time
]);
const CUT = 0x1d56;
/** `GS (`: a group, in two bytes how many bytes follow, and those. */
const GROUPED = 0x1d28;
const GROUP_HEAD_BYTES = 3;
const SYMBOL_GROUP = 0x6b;
/** `cn` 49 and `fn` 80 store the text of a QR code, `fn` 81 prints it; `m` stands before the text. */
const STORE = 0x3150;
const PRINT = 0x3151;
const STORE_HEAD_BYTES = 3;
const LINE_FEED = 0x0a;
const PRINTABLE = /^[\x20-\x7e]$/;

/** Reads a whole job. Throws for a byte that no receipt has a use for. */
export function readPrintJob(bytes: Uint8Array): PrintedJob {
  const lines: string[] = [];
  const qrCodes: string[] = [];
  let [line, stored, cuts] = ['', '', 0];
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    const name = (byte << 8) | (bytes[at + 1] ?? 0);
    const length = ARGUMENT_BYTES.get(name);
    if (byte === LINE_FEED) {
      lines.push(line.trimEnd());
      line = '';
      at += 1;
    } else if (byte >= 0x20) {
      const letter = String.fromCharCode(byte);
      line += PRINTABLE.test(letter) ? letter : '?';
      at += 1;
    } else if (name === GROUPED) {
      const group = groupAt(bytes, at + 2);
      if (group.name === STORE) stored = group.text;
      if (group.name === PRINT) qrCodes.push(stored);
      at += 2 + group.length;
    } else if (length !== undefined) {
      if (name === CUT) cuts += 1;
      at += 2 + length;
    } else throw new Error(`byte ${at} of the job begins no command: ${name.toString(16).padStart(4, '0')}`);
  }
  return { lines, qrCodes, cuts };
}

function groupAt(bytes: Uint8Array, at: number): { name: number; text: string; length: number } {
  const [letter = 0, low = 0, high = 0, cn = 0, fn = 0] = bytes.subarray(at, at + GROUP_HEAD_BYTES + 2);
  const length = GROUP_HEAD_BYTES + low + 256 * high;
  const text = bytes.subarray(at + GROUP_HEAD_BYTES + STORE_HEAD_BYTES, at + length);
  const name = letter === SYMBOL_GROUP ? (cn << 8) | fn : 0;
  return { name, text: Buffer.from(text).toString('latin1'), length };
}
