/**
 * Pole displays on a serial port, with the ESC/POS commands of customer displays: `ESC @` resets, `ESC t` chooses the
 * characters, `US $ n m` goes to column n of line m, `US C 0` hides the cursor. Each line is written at its place and in
 * its full width, so that nothing scrolls and nothing old stays. Sources: Epson, DM-D110 specification; POS-X XP8200
 * manual, which lists the same as the commands of this family.
 */
import { fitLines } from '../display-text.ts';
import type { Display } from '../ports/small-devices.ts';
import { SerialDevice, type SerialDeviceOptions } from './serial-device.ts';

export type SerialDisplayOptions = SerialDeviceOptions & {
  kind?: Display['kind'];
  lines?: number;
  columns?: number;
  /** `wpc1252` has the letters of Western Europe; imitations without it want `ascii`. */
  characters?: 'wpc1252' | 'ascii';
};

const RESET = [0x1b, 0x40];
const HIDE_CURSOR = [0x1f, 0x43, 0];
const SELECT_WPC1252 = [0x1b, 0x74, 16];
const GO_TO = [0x1f, 0x24];
const QUESTION_MARK = 0x3f;
const EURO_SIGN = '€';
const WPC1252_EURO = 0x80;
const MARKS = /\p{M}/gu;

/** Opens the port at the first text. */
export function createSerialDisplay(options: SerialDisplayOptions): Display {
  const { kind = 'customer_display', lines = 2, columns = 20, characters = 'wpc1252' } = options;
  const device = new SerialDevice(options, (link) => {
    const select = characters === 'wpc1252' ? SELECT_WPC1252 : [];
    // If it does not arrive, neither does the text behind it, whose loss is told.
    void link.write(Uint8Array.from([...RESET, ...select, ...HIDE_CURSOR]));
  });
  const gone = (message: string) => ({ kind: 'failed', code: 'display_gone', message }) as const;
  return {
    kind,
    lines,
    columns,
    async show(given) {
      const opened = await device.link();
      if (opened.kind === 'failed') return gone(opened.message);
      const bytes = fitLines(given, { lines, columns }).flatMap((line, at) => [
        ...GO_TO,
        1,
        at + 1,
        ...encode(line, { columns, characters }),
      ]);
      const sent = await opened.link.write(Uint8Array.from(bytes));
      return sent === 'sent' ? { kind: 'done' } : gone('The display was unplugged: check its cable.');
    },
    async status() {
      const opened = await device.link();
      const isGone = opened.kind === 'failed';
      return {
        kind,
        name: device.name,
        state: isGone ? 'gone' : 'ready',
        attention: isGone ? opened.message : null,
        facts: { lines, columns },
      };
    },
    close: async () => device.close(),
  };
}

/** One byte a column; what the display has no letter for is written without its marks, or as a question mark. */
function encode(
  line: string,
  { columns, characters }: { columns: number; characters: 'wpc1252' | 'ascii' },
): number[] {
  const segments = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(line);
  return Array.from(segments, ({ segment }) => byteOf(segment, characters)).slice(0, columns);
}

function byteOf(character: string, characters: 'wpc1252' | 'ascii'): number {
  const direct = directByte(character, characters);
  if (direct !== undefined) return direct;
  return directByte(character.normalize('NFKD').replace(MARKS, ''), characters) ?? QUESTION_MARK;
}

/** Windows-1252 is Latin-1 from 0xA0 on, and has the euro sign at 0x80. */
function directByte(character: string, characters: 'wpc1252' | 'ascii'): number | undefined {
  const code = character.length === 1 ? character.charCodeAt(0) : 0;
  if (code >= 0x20 && code <= 0x7e) return code;
  if (characters === 'ascii') return undefined;
  if (character === EURO_SIGN) return WPC1252_EURO;
  return code >= 0xa0 && code <= 0xff ? code : undefined;
}
