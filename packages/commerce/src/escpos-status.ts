/**
 * What a printer of the ESC/POS family says of itself, by Epson's command reference: the byte that answers `DLE EOT n`,
 * and the four bytes of Automatic Status Back (`GS a`). Fixed bits tell them from each other and from anything else
 * that comes back on the same line, so a byte that is neither is refused and never taken for a state.
 *
 * |                       | 7 | 6 | 5 | 4 | 3 | 2 | 1 | 0 |
 * | --------------------- | - | - | - | - | - | - | - | - |
 * | answer to `DLE EOT`   | 0 | x | x | 1 | x | x | 1 | 0 |
 * | automatic, first byte | 0 | x | x | 1 | x | x | 0 | 0 |
 * | automatic, the others | 0 | x | x | 0 | x | x | x | x |
 *
 * Two sensors share a pair of bits for near-end, and a pair for the end. Epson sets both of a pair; makers with one
 * sensor a bit exist, so that either bit counts.
 */
import type { EscPosStatusKind } from './escpos-commands.ts';

/**
 * `clears_itself`: a hot head, an open cover; printing goes on without help. `recoverable`: the cutter or the mechanism,
 * after a person has removed the cause. `unrecoverable`: switch it off.
 */
export type PrinterError = 'none' | 'clears_itself' | 'recoverable' | 'unrecoverable';

/** The answer to `DLE EOT n`, in the terms of what was asked. */
export type RealTimeStatus =
  | {
      of: 'printer';
      /** Level of pin 3 of the drawer's connector: which level means open depends on the drawer. */
      isDrawerPinHigh: boolean;
      isOffline: boolean;
      isWaitingForRecovery: boolean;
      isFeedButtonPressed: boolean;
    }
  | {
      of: 'offline_cause';
      isCoverOpen: boolean;
      isFeeding: boolean;
      isStoppedByPaperEnd: boolean;
      hasError: boolean;
    }
  | { of: 'error_cause'; error: PrinterError; isCutterError: boolean }
  | { of: 'paper'; isNearEnd: boolean; isOut: boolean };

/** The four bytes that a printer sends by itself. */
export type AutomaticStatus = {
  isDrawerPinHigh: boolean;
  isOffline: boolean;
  isCoverOpen: boolean;
  isFeeding: boolean;
  isWaitingForRecovery: boolean;
  isFeedButtonPressed: boolean;
  error: PrinterError;
  isCutterError: boolean;
  isNearEnd: boolean;
  isOut: boolean;
};

/** A state, or why the bytes are none. */
export type StatusRead<T> = { ok: true; status: T } | { ok: false; reason: 'length' | 'fixed_bits' };

/** Bytes of an automatic status. */
export const AUTOMATIC_STATUS_BYTES = 4;

const FIXED_MASK = 0x93;
const REAL_TIME_FIXED = 0x12;
const AUTOMATIC_FIXED = 0x10;
const FOLLOWING_MASK = 0x90;

const RECOVERABLE = 0x04;
const CUTTER = 0x08;
const UNRECOVERABLE = 0x20;
const CLEARS_ITSELF = 0x40;

/** Reads the answer to a `DLE EOT` that asked for `of`; the byte does not say itself which of the four it answers. */
export function readRealTimeStatus(of: EscPosStatusKind, byte: number): StatusRead<RealTimeStatus> {
  if (byte > 0xff || (byte & FIXED_MASK) !== REAL_TIME_FIXED) return { ok: false, reason: 'fixed_bits' };
  return { ok: true, status: realTimeStatus(of, byte) };
}

/** The byte with which a printer in that state answers. */
export function writeRealTimeStatus(status: RealTimeStatus): number {
  switch (status.of) {
    case 'printer':
      return (
        REAL_TIME_FIXED |
        bit(0x04, status.isDrawerPinHigh) |
        bit(0x08, status.isOffline) |
        bit(0x20, status.isWaitingForRecovery) |
        bit(0x40, status.isFeedButtonPressed)
      );
    case 'offline_cause':
      return (
        REAL_TIME_FIXED |
        bit(0x04, status.isCoverOpen) |
        bit(0x08, status.isFeeding) |
        bit(0x20, status.isStoppedByPaperEnd) |
        bit(0x40, status.hasError)
      );
    case 'error_cause':
      return REAL_TIME_FIXED | errorBits(status);
    case 'paper':
      return REAL_TIME_FIXED | bit(0x0c, status.isNearEnd) | bit(0x60, status.isOut);
  }
}

/** Reads the four bytes of an automatic status. */
export function readAutomaticStatus(bytes: Uint8Array): StatusRead<AutomaticStatus> {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  if (bytes.length !== AUTOMATIC_STATUS_BYTES) return { ok: false, reason: 'length' };
  const areFollowing = ((second | third | fourth) & FOLLOWING_MASK) === 0;
  if ((first & FIXED_MASK) !== AUTOMATIC_FIXED || !areFollowing) return { ok: false, reason: 'fixed_bits' };
  const status = {
    isDrawerPinHigh: (first & 0x04) !== 0,
    isOffline: (first & 0x08) !== 0,
    isCoverOpen: (first & 0x20) !== 0,
    isFeeding: (first & 0x40) !== 0,
    isWaitingForRecovery: (second & 0x01) !== 0,
    isFeedButtonPressed: (second & 0x02) !== 0,
    ...errorOf(second),
    isNearEnd: (third & 0x03) !== 0,
    isOut: (third & 0x0c) !== 0,
  };
  return { ok: true, status };
}

/** The four bytes that a printer in that state sends. */
export function writeAutomaticStatus(status: AutomaticStatus): Uint8Array {
  const first =
    AUTOMATIC_FIXED |
    bit(0x04, status.isDrawerPinHigh) |
    bit(0x08, status.isOffline) |
    bit(0x20, status.isCoverOpen) |
    bit(0x40, status.isFeeding);
  const second =
    bit(0x01, status.isWaitingForRecovery) | bit(0x02, status.isFeedButtonPressed) | errorBits(status);
  return Uint8Array.of(first, second, bit(0x03, status.isNearEnd) | bit(0x0c, status.isOut), 0);
}

function realTimeStatus(of: EscPosStatusKind, byte: number): RealTimeStatus {
  switch (of) {
    case 'printer':
      return {
        of,
        isDrawerPinHigh: (byte & 0x04) !== 0,
        isOffline: (byte & 0x08) !== 0,
        isWaitingForRecovery: (byte & 0x20) !== 0,
        isFeedButtonPressed: (byte & 0x40) !== 0,
      };
    case 'offline_cause':
      return {
        of,
        isCoverOpen: (byte & 0x04) !== 0,
        isFeeding: (byte & 0x08) !== 0,
        isStoppedByPaperEnd: (byte & 0x20) !== 0,
        hasError: (byte & 0x40) !== 0,
      };
    case 'error_cause':
      return { of, ...errorOf(byte) };
    case 'paper':
      return { of, isNearEnd: (byte & 0x0c) !== 0, isOut: (byte & 0x60) !== 0 };
  }
}

/** The worst of what is set. The bits have the same places in both kinds of status. */
function errorOf(byte: number): { error: PrinterError; isCutterError: boolean } {
  const isCutterError = (byte & CUTTER) !== 0;
  if ((byte & UNRECOVERABLE) !== 0) return { error: 'unrecoverable', isCutterError };
  if (isCutterError || (byte & RECOVERABLE) !== 0) return { error: 'recoverable', isCutterError };
  return { error: (byte & CLEARS_ITSELF) === 0 ? 'none' : 'clears_itself', isCutterError };
}

function errorBits({ error, isCutterError }: { error: PrinterError; isCutterError: boolean }): number {
  return (
    bit(CUTTER, isCutterError) |
    bit(UNRECOVERABLE, error === 'unrecoverable') |
    bit(RECOVERABLE, error === 'recoverable' && !isCutterError) |
    bit(CLEARS_ITSELF, error === 'clears_itself')
  );
}

function bit(mask: number, isSet: boolean): number {
  return isSet ? mask : 0;
}
