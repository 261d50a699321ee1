/**
 * The commands that {@link EscPosPaper} understands, each with its length and its effect, by Epson's ESC/POS command
 * reference. Whatever is not in the table is refused: what is not known may eat the bytes behind it.
 */
import { characterOf, isCodePage } from './escpos-code-pages.ts';
import {
  type DrawerPulse,
  type EscPosCut,
  type EscPosReport,
  type EscPosStatusKind,
  PULSE_UNIT_MS,
  REPORT_BITS,
  STATUS_KINDS,
} from './escpos-commands.ts';
import type { Align } from './receipt-blocks.ts';

/** How much of a QR code may be damaged, rising (ISO/IEC 18004). */
export type QrLevel = 'L' | 'M' | 'Q' | 'H';

/** Why the paper stopped reading. */
export type PaperRefusal =
  | 'unknown_command'
  | 'argument_out_of_range'
  | 'unknown_code_page'
  /** A QR code longer than any symbol holds, or printed before it was stored. */
  | 'qr_data'
  /** A cut, an alignment or a QR code in the middle of a line, where a printer ignores or spoils it. */
  | 'within_a_line';

/** What a printer does, in its order. */
export type PaperEvent =
  | { kind: 'initialised' }
  /** Spaces at the end are gone. `isWrapped`: the paper was at its edge, not the job at its line feed. */
  | { kind: 'line'; text: string; align: Align; isBold: boolean; isBig: boolean; isWrapped: boolean }
  | { kind: 'qr'; value: string; align: Align; dots: number; level: QrLevel }
  | { kind: 'cut'; cut: EscPosCut }
  | { kind: 'drawer'; pulse: DrawerPulse }
  | { kind: 'status_request'; of: EscPosStatusKind }
  | { kind: 'automatic_status'; reports: EscPosReport[] }
  /** All before it is on paper: answer with the id. */
  | { kind: 'process_id'; id: string }
  /** `at` is the place in all the bytes so far. Nothing follows any more. */
  | { kind: 'refused'; reason: PaperRefusal; at: number };

/** What lasts from one byte to the next; all of it falls back at `ESC @`. */
export type PaperState = {
  page: number;
  align: Align;
  isBold: boolean;
  /** Columns that a character takes, 1 to 8. */
  columnsEach: number;
  isTall: boolean;
  qrDots: number;
  qrLevel: QrLevel;
  qrData: string | undefined;
  line: string;
  columns: number;
  isLineBold: boolean;
  isLineBig: boolean;
};

/** What the first bytes of a rest are. */
export type CommandRead =
  | { kind: 'incomplete' }
  | { kind: 'refused'; reason: PaperRefusal }
  | { kind: 'read'; length: number; event: PaperEvent | undefined };

type Answer = PaperEvent | PaperRefusal | undefined;
type Command = {
  /** Bytes after the two that name it; undefined where more of them have to be seen first. */
  argBytes: (args: Uint8Array) => number | undefined | PaperRefusal;
  run(state: PaperState, args: Uint8Array): Answer;
};

const DLE_EOT = 0x1004;
const ESC = 0x1b00;
const FS = 0x1c00;
const GS = 0x1d00;
const LINE_FEED = 0x0a;
const NAME_BYTES = 2;

/** Digits in the largest QR symbol, 40-L (ISO/IEC 18004): no symbol holds more characters. */
const QR_DATA_MAX = 7_089;
/** `cn`, `fn` and `m` before the data, all of which the length counts. */
const QR_HEAD_BYTES = 3;
const QR_SYMBOL = 49;
const QR_DOTS_MAX = 16;
const PRINTABLE = /^[\x20-\x7e]+$/;

const ALIGNS = ['left', 'center', 'right'] as const satisfies readonly Align[];
const QR_LEVELS = ['L', 'M', 'Q', 'H'] as const satisfies readonly QrLevel[];
/** What `m` of a cut asks for; 65 and 66 feed first, by a byte that follows. */
const CUTS: ReadonlyMap<number, EscPosCut> = new Map([
  [0, 'full'],
  [48, 'full'],
  [65, 'full'],
  [1, 'partial'],
  [49, 'partial'],
  [66, 'partial'],
]);
/** `fn` of a symbol: choose the model, set the modules, set the level, store, print. */
const QR = { model: 65, dots: 67, level: 69, store: 80, print: 81 } as const;
const QR_MODEL_2 = 50;

/** As after power-on. */
export function powerOnState(): PaperState {
  return {
    page: 0,
    align: 'left',
    isBold: false,
    columnsEach: 1,
    isTall: false,
    qrDots: 3,
    qrLevel: 'L',
    qrData: undefined,
    line: '',
    columns: 0,
    isLineBold: false,
    isLineBig: false,
  };
}

/** Puts a printing byte behind what stands on the line. */
export function putCharacter(state: PaperState, byte: number): void {
  state.line += characterOf(byte, state.page);
  state.columns += state.columnsEach;
  state.isLineBold ||= state.isBold;
  state.isLineBig ||= state.columnsEach > 1 || state.isTall;
}

/** Prints the line, and begins the next one. */
export function endLine(state: PaperState, isWrapped: boolean): PaperEvent {
  const { line, align, isLineBold, isLineBig } = state;
  Object.assign(state, { line: '', columns: 0, isLineBold: false, isLineBig: false });
  const text = line.trimEnd();
  return { kind: 'line', text, align, isBold: isLineBold, isBig: isLineBig, isWrapped };
}

/** Reads a command, which is anything that begins with a byte that does not print, and lets it take effect if whole. */
export function readCommand(bytes: Uint8Array, state: PaperState): CommandRead {
  const [first = 0, second] = bytes;
  if (first === LINE_FEED) return { kind: 'read', length: 1, event: endLine(state, false) };
  if (second === undefined)
    return FIRST_BYTES.has(first) ? { kind: 'incomplete' } : { kind: 'refused', reason: 'unknown_command' };
  const command = COMMANDS.get((first << 8) | second);
  if (command === undefined) return { kind: 'refused', reason: 'unknown_command' };
  const args = bytes.subarray(NAME_BYTES);
  const length = command.argBytes(args);
  if (typeof length === 'string') return { kind: 'refused', reason: length };
  if (length === undefined || args.length < length) return { kind: 'incomplete' };
  const answer = command.run(state, args.subarray(0, length));
  if (typeof answer === 'string') return { kind: 'refused', reason: answer };
  return { kind: 'read', length: NAME_BYTES + length, event: answer };
}

/** A command with a fixed number of arguments. */
function fixed(count: number, run: (state: PaperState, first: number, args: Uint8Array) => Answer): Command {
  return { argBytes: () => count, run: (state, args) => run(state, args[0] ?? 0, args) };
}

/** `GS (`: a letter for the group, and in two bytes how many bytes follow. */
const GROUPED: Command = {
  argBytes([group, low, high]) {
    if (group === undefined) return undefined;
    if (!GROUPS.has(group)) return 'unknown_command';
    if (low === undefined || high === undefined) return undefined;
    const length = low + 256 * high;
    return length > QR_DATA_MAX + QR_HEAD_BYTES ? 'qr_data' : GROUP_HEAD_BYTES + length;
  },
  run: (state, args) => GROUPS.get(args[0] ?? 0)?.(state, args.subarray(GROUP_HEAD_BYTES)),
};
const GROUP_HEAD_BYTES = 3;
const GROUPS: ReadonlyMap<number, (state: PaperState, args: Uint8Array) => Answer> = new Map([
  [0x48, (_: PaperState, args: Uint8Array) => processId(args)],
  [0x6b, symbol],
]);

const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [DLE_EOT, fixed(1, (_, n) => statusRequest(n))],
  [ESC | 0x40, fixed(0, initialise)],
  [FS | 0x2e, fixed(0, () => undefined)], // FS ., no kanji
  [ESC | 0x4d, fixed(1, (_, n) => (n === 0 || n === 48 ? undefined : 'argument_out_of_range'))], // font A
  [ESC | 0x74, fixed(1, selectPage)],
  [ESC | 0x45, fixed(1, (state, n) => set(state, { isBold: (n & 1) === 1 }))],
  [ESC | 0x61, fixed(1, align)],
  [ESC | 0x70, fixed(3, (_, pin, args) => drawer(pin, args))],
  [GS | 0x21, fixed(1, scale)],
  [GS | 0x61, fixed(1, (_, bits) => automaticStatus(bits))],
  [GS | 0x56, { argBytes: ([m]) => (m === 65 || m === 66 ? 2 : 1), run: (state, [m = 0]) => cut(state, m) }],
  [GS | 0x28, GROUPED],
]);

/** Bytes that a command can begin with. */
const FIRST_BYTES: ReadonlySet<number> = new Set([...COMMANDS.keys()].map((name) => name >> 8));

function set(state: PaperState, members: Partial<PaperState>): undefined {
  Object.assign(state, members);
}

/** What was half printed is lost, as on a printer. */
function initialise(state: PaperState): PaperEvent {
  Object.assign(state, powerOnState());
  return { kind: 'initialised' };
}

function selectPage(state: PaperState, page: number): Answer {
  return isCodePage(page) ? set(state, { page }) : 'unknown_code_page';
}

function align(state: PaperState, n: number): Answer {
  const to = ALIGNS[n >= 48 ? n - 48 : n];
  if (to === undefined) return 'argument_out_of_range';
  return state.line === '' ? set(state, { align: to }) : 'within_a_line';
}

/** Width in the high half of the byte, height in the low one, each from 0 to 7 for once to eight times. */
function scale(state: PaperState, n: number): Answer {
  if ((n & 0x88) !== 0) return 'argument_out_of_range';
  return set(state, { columnsEach: (n >> 4) + 1, isTall: (n & 0x07) > 0 });
}

function cut(state: PaperState, m: number): Answer {
  const way = CUTS.get(m);
  if (way === undefined) return 'argument_out_of_range';
  return state.line === '' ? { kind: 'cut', cut: way } : 'within_a_line';
}

function drawer(pin: number, [, on = 0, off = 0]: Uint8Array): Answer {
  if (![0, 1, 48, 49].includes(pin)) return 'argument_out_of_range';
  const pulse = {
    pin: pin === 0 || pin === 48 ? 2 : 5,
    onMs: on * PULSE_UNIT_MS,
    offMs: off * PULSE_UNIT_MS,
  } as const;
  return { kind: 'drawer', pulse };
}

function statusRequest(n: number): Answer {
  const of = STATUS_KINDS[n - 1];
  return of === undefined ? 'argument_out_of_range' : { kind: 'status_request', of };
}

function automaticStatus(bits: number): Answer {
  const known = [...REPORT_BITS].filter(([, bit]) => (bits & bit) !== 0);
  const sum = known.reduce((all, [, bit]) => all | bit, 0);
  if (sum !== bits) return 'argument_out_of_range';
  return { kind: 'automatic_status', reports: known.map(([report]) => report) };
}

function processId([fn, m, ...id]: Uint8Array): Answer {
  const text = String.fromCharCode(...id);
  if (fn !== 48 || m !== 48 || id.length !== 4 || !PRINTABLE.test(text)) return 'argument_out_of_range';
  return { kind: 'process_id', id: text };
}

/** Symbols are QR codes of model 2; `cn fn` and, in the last two, `m`. */
function symbol(state: PaperState, args: Uint8Array): Answer {
  const [kind, fn, n = 0] = args;
  if (kind !== QR_SYMBOL) return 'unknown_command';
  const level = QR_LEVELS[n - 48];
  if (fn === QR.model && args.length === 4 && n === QR_MODEL_2) return undefined;
  if (fn === QR.dots && args.length === 3 && n >= 1 && n <= QR_DOTS_MAX) return set(state, { qrDots: n });
  if (fn === QR.level && args.length === 3 && level !== undefined) return set(state, { qrLevel: level });
  if (fn === QR.store && args.length > QR_HEAD_BYTES && n === 48)
    return set(state, { qrData: latin1(args.subarray(QR_HEAD_BYTES)) });
  return fn === QR.print && args.length === 3 && n === 48 ? printSymbol(state) : 'argument_out_of_range';
}

function printSymbol({ line, qrData, align, qrDots, qrLevel }: PaperState): Answer {
  if (line !== '') return 'within_a_line';
  return qrData === undefined
    ? 'qr_data'
    : { kind: 'qr', value: qrData, align, dots: qrDots, level: qrLevel };
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
