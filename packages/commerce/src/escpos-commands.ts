/**
 * The ESC/POS commands beside the text of a receipt: reset, cut, drawer, and the questions about status. Bytes and
 * ranges are those of Epson's ESC/POS command reference; the printers that follow it take the same.
 */
import { assert } from '@holdfast/base';

const DLE = 0x10;
const EOT = 0x04;
const ESC = 0x1b;
const GS = 0x1d;

/** A partial cut leaves a bridge of paper. */
export type EscPosCut = 'partial' | 'full';

/** What a printer can be asked at any time, even when it is offline. */
export type EscPosStatusKind = 'printer' | 'offline_cause' | 'error_cause' | 'paper';

/** What a printer can be told to report by itself. */
export type EscPosReport = 'drawer' | 'online' | 'error' | 'paper' | 'buttons';

/** A pulse for a drawer; pin 2 opens the first one on the connector, pin 5 the second. */
export type DrawerPulse = {
  pin: 2 | 5;
  /** Even, 2 to 510. */
  onMs: number;
  /** Even, at least `onMs`, at most 510: the solenoid has to cool down. */
  offMs: number;
};

/** In the order of their numbers in `DLE EOT n`, from 1 on. */
export const STATUS_KINDS = [
  'printer',
  'offline_cause',
  'error_cause',
  'paper',
] as const satisfies readonly EscPosStatusKind[];
/** The bit of each report in `GS a n`. */
export const REPORT_BITS: ReadonlyMap<EscPosReport, number> = new Map([
  ['drawer', 0x01],
  ['online', 0x02],
  ['error', 0x04],
  ['paper', 0x08],
  ['buttons', 0x40],
]);
/** One step of `t1` and `t2`. */
export const PULSE_UNIT_MS = 2;
const PULSE_UNITS_MAX = 255;
/** Long enough for the drawers on the market, with a rest of five times as long. */
const USUAL_PULSE: DrawerPulse = { pin: 2, onMs: 100, offMs: 500 };
const PROCESS_ID = /^[\x20-\x7e]{4}$/;

/** `ESC @`: clears what is half printed, and sets everything to what it is after power-on. */
export function escPosInitialise(): Uint8Array {
  return Uint8Array.of(ESC, 0x40);
}

/** `GS V m`. Takes effect at the beginning of a line only. */
export function escPosCut(cut: EscPosCut): Uint8Array {
  return Uint8Array.of(GS, 0x56, cut === 'full' ? 0 : 1);
}

/** `ESC p m t1 t2`: opens a drawer. All four bytes always go together: a printer waits for them, whatever follows. */
export function escPosDrawerKick(pulse: DrawerPulse = USUAL_PULSE): Uint8Array {
  assert(pulse.offMs >= pulse.onMs, 'a drawer rests at least as long as its pulse lasts');
  return Uint8Array.of(ESC, 0x70, pulse.pin === 2 ? 0 : 1, pulseUnits(pulse.onMs), pulseUnits(pulse.offMs));
}

/** `DLE EOT n`: the answer is one byte for `readRealTimeStatus`. Real time: never within the bytes of a job. */
export function escPosStatusRequest(kind: EscPosStatusKind): Uint8Array {
  return Uint8Array.of(DLE, EOT, STATUS_KINDS.indexOf(kind) + 1);
}

/** `GS a n`: from now on each change comes as four bytes for `readAutomaticStatus`, and the state at once. */
export function escPosAutomaticStatus(reports: readonly EscPosReport[]): Uint8Array {
  let bits = 0;
  for (const report of reports) bits |= REPORT_BITS.get(report) ?? 0;
  return Uint8Array.of(GS, 0x61, bits);
}

/**
 * `GS ( H`, function 48: when all before it is on paper, the printer answers `37 22`, the four characters, `00`. Four
 * printable ASCII characters, asserted.
 */
export function escPosProcessId(id: string): Uint8Array {
  assert(PROCESS_ID.test(id), 'a process id is four printable ASCII characters');
  return Uint8Array.of(GS, 0x28, 0x48, 6, 0, 0x30, 0x30, ...new TextEncoder().encode(id));
}

function pulseUnits(ms: number): number {
  const units = ms / PULSE_UNIT_MS;
  assert(
    Number.isInteger(units) && units >= 1 && units <= PULSE_UNITS_MAX,
    'a pulse is even, from 2 to 510 ms',
  );
  return units;
}
