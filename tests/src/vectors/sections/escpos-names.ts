/** What the names of printer commands promise: `alignRight`, `cutFull`, `drawerKickPin5`, `statusPaper`, `sizeDouble`. */
import {
  EscPosPaper,
  type EscPosStatusKind,
  escPosAutomaticStatus,
  escPosDrawerKick,
  escPosStatusRequest,
  type PaperEvent,
} from '@holdfast/commerce';
import { Mismatch, same } from '../compare.ts';

const LINE = [0x78, 0x0a];
const STATUS: readonly [name: RegExp, kind: EscPosStatusKind][] = [
  [/offline/, 'offline_cause'],
  [/error/, 'error_cause'],
  [/paper/, 'paper'],
  [/./, 'printer'],
];

/** By the first of these that is in the name; the command, and after it a line where a line shows it. */
const EFFECTS: readonly [name: RegExp, check: (name: string, bytes: Uint8Array) => void][] = [
  [/init|reset/, (_, bytes) => same('the event', only(bytes), { kind: 'initialised' })],
  [
    /bold|emphasi/,
    (name, bytes) =>
      same('bold', line(name.includes('off') ? [0x1b, 0x45, 1] : [], bytes).isBold, !name.includes('off')),
  ],
  [/align|justif/, (name, bytes) => same('the alignment', line([0x1b, 0x61, 1], bytes).align, alignOf(name))],
  [
    /cut/,
    (name, bytes) =>
      same('the cut', only(bytes), { kind: 'cut', cut: name.includes('full') ? 'full' : 'partial' }),
  ],
  [/drawer|kick|pulse/, checkDrawer],
  [/asb|automatic/, checkAutomatic],
  [/status/, checkStatus],
  [
    /size|double|normal/,
    (name, bytes) => same('big', line([0x1d, 0x21, 0], bytes).isBig, !/normal|off/.test(name)),
  ],
];

/** Throws where the virtual printer does something else than the name says, or the name says nothing. */
export function checkNamedCommand(name: string, bytes: Uint8Array): void {
  const folded = name.toLowerCase();
  const check = EFFECTS.find(([pattern]) => pattern.test(folded))?.[1];
  if (check === undefined) throw new Mismatch('nothing is compared with this value');
  check(folded, bytes);
}

function checkDrawer(name: string, bytes: Uint8Array): void {
  const event = only(bytes);
  if (event?.kind !== 'drawer') throw new Mismatch('no drawer opens');
  same('the pin', event.pulse.pin, /5|second|2nd/.test(name) ? 5 : 2);
  const [, , pin = 0] = bytes;
  const usual = escPosDrawerKick(event.pulse);
  same('the bytes', usual.with(2, pin), bytes);
}

function checkAutomatic(_: string, bytes: Uint8Array): void {
  const event = only(bytes);
  if (event?.kind !== 'automatic_status') throw new Mismatch('no status is told');
  same('the bytes', escPosAutomaticStatus(event.reports), bytes);
}

function checkStatus(name: string, bytes: Uint8Array): void {
  const kind = STATUS.find(([pattern]) => pattern.test(name.replace('status', '')))?.[1] ?? 'printer';
  same('the bytes', escPosStatusRequest(kind), bytes);
}

function alignOf(name: string): string {
  if (name.includes('right')) return 'right';
  return /cent/.test(name) ? 'center' : 'left';
}

/** The one event of a command. */
function only(bytes: Uint8Array): PaperEvent | undefined {
  const [first, ...rest] = new EscPosPaper(42).print(bytes);
  if (rest.length > 0) throw new Mismatch('it is more than one command');
  return first;
}

/** A line that is printed after the command. */
function line(before: readonly number[], bytes: Uint8Array): Extract<PaperEvent, { kind: 'line' }> {
  const [printed] = new EscPosPaper(42).print(Uint8Array.of(...before, ...bytes, ...LINE));
  if (printed?.kind !== 'line') throw new Mismatch('it is no command before a line');
  return printed;
}
