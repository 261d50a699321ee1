/**
 * A receipt printer as a thing: paper that gets shorter, a cover, a head that gets hot, a buffer of a few kilobytes, a
 * connector for a drawer. It takes the bytes of a job as they come and prints line by line, in its own time; if it has
 * to stop, what is printed stays on paper and the rest stays in the buffer, until somebody helps it or pulls the plug.
 */
import type { Cancel, Timers } from '@holdfast/base';
import {
  type AutomaticStatus,
  type DrawerPulse,
  EscPosPaper,
  type EscPosReport,
  type EscPosStatusKind,
  type PaperEvent,
  type PrinterError,
  type RealTimeStatus,
  writeAutomaticStatus,
  writeRealTimeStatus,
} from '@holdfast/commerce';
import { RealTimeScanner } from './real-time-scanner.ts';

/** What is on paper, in its order. A torn line is where the paper ended within a job. */
export type OnPaper = Extract<PaperEvent, { kind: 'line' | 'qr' | 'cut' | 'refused' }>;

export type PrinterBodyOptions = {
  columns: number;
  timers: Timers;
  /** What a line takes; 0 prints without delay. */
  lineMs?: number;
  paperMm?: number;
  /** The drawer on its connector. */
  drawer?: { kick(pulse: DrawerPulse): void; isPinHigh(): boolean };
};

/** Whoever is connected: one at a time. */
export type PrinterHost = { hear(bytes: Uint8Array): void };

/** A new roll, and where the near-end switch closes. */
export const ROLL_MM = 80_000;
const NEAR_END_MM = 3_000;
/** Line spacing of 30 dots at 8 dots a millimetre, rounded up; a line of big type is twice as high. */
const LINE_MM = 4;
const QR_MM = 32;
const BUFFER_BYTES = 4_096;
/** Stands in the buffer where a connection ended; no byte. */
const END_OF_CONNECTION = -1;
/** What is kept to be looked at; older paper has been torn off. */
const ON_PAPER_MAX = 2_000;

const ANSWERED_REPORTS: readonly EscPosReport[] = ['online', 'error', 'paper', 'drawer', 'buttons'];

/** One printer; it goes on for as long as its timers run. */
export class PrinterBody {
  readonly #timers: Timers;
  readonly #columns: number;
  readonly #drawer: PrinterBodyOptions['drawer'];
  #paper: EscPosPaper;
  #scanner = new RealTimeScanner();
  #buffer: number[] = [];
  /** What has come in and found no room yet. */
  #incoming: { bytes: readonly number[]; at: number; taken(): void }[] = [];
  #printed: OnPaper[] = [];
  #host: PrinterHost | undefined;
  #reports: readonly EscPosReport[] = [];
  #lastTold = '';
  #cancelLine: Cancel | undefined;
  #isCoverOpen = false;
  #isPowered = true;
  #error: { error: PrinterError; isCutterError: boolean } = { error: 'none', isCutterError: false };
  #paperMm: number;
  #read = 0;
  lineMs: number;
  /** Called with all that comes over the line, for whoever wants to see the bytes themselves. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  /** Old models and imitations do not know all questions. */
  answersStatus = true;
  answersIds = true;

  constructor(options: PrinterBodyOptions) {
    this.#timers = options.timers;
    this.#columns = options.columns;
    this.#drawer = options.drawer;
    this.#paper = new EscPosPaper(options.columns);
    this.#paperMm = options.paperMm ?? ROLL_MM;
    this.lineMs = options.lineMs ?? 0;
  }

  get onPaper(): readonly OnPaper[] {
    return this.#printed;
  }
  get paperMm(): number {
    return this.#paperMm;
  }
  get isPowered(): boolean {
    return this.#isPowered;
  }
  get isCoverOpen(): boolean {
    return this.#isCoverOpen;
  }
  get error(): PrinterError {
    return this.#error.error;
  }
  /** Bytes that wait in the buffer. */
  get waitingBytes(): number {
    return this.#buffer.length;
  }
  /** Bytes that it has read since it was switched on. */
  get readBytes(): number {
    return this.#read;
  }

  /** False if somebody else is connected, or the power is off. */
  connect(host: PrinterHost): boolean {
    if (!this.#isPowered || this.#host !== undefined) return false;
    this.#host = host;
    return true;
  }

  /** Whoever goes takes along the command that was begun and not ended; what is whole is printed. */
  disconnect(host: PrinterHost): void {
    if (this.#host !== host) return;
    this.#host = undefined;
    this.#scanner = new RealTimeScanner();
    this.#incoming.push({ bytes: [END_OF_CONNECTION], at: 0, taken: () => undefined });
    this.#run();
  }

  /** Takes bytes; resolves when all are in the buffer, which may have to wait for room, or when the power goes. */
  async take(bytes: Uint8Array): Promise<void> {
    if (!this.#isPowered || bytes.length === 0) return;
    this.onBytes?.(bytes);
    this.#answer(bytes);
    await new Promise<void>((taken) => {
      this.#incoming.push({ bytes: [...bytes], at: 0, taken });
      this.#run();
    });
  }

  openCover(): void {
    this.#isCoverOpen = true;
    this.#changed();
  }

  /** Closing it clears what was stuck, as on a printer. */
  closeCover(): void {
    this.#isCoverOpen = false;
    if (this.#error.error === 'recoverable') this.#error = { error: 'none', isCutterError: false };
    this.#changed();
  }

  /** Millimetres that are left of the roll. */
  setPaper(mm: number): void {
    this.#paperMm = mm;
    this.#changed();
  }

  fail(error: PrinterError, isCutterError = false): void {
    this.#error = { error, isCutterError };
    this.#changed();
  }

  /** What was in the buffer is gone, as is what the printer was told; paper and cover stay as they are. */
  powerOff(): void {
    this.#isPowered = false;
    this.#cancelLine?.();
    this.#cancelLine = undefined;
    this.#buffer = [];
    this.#host = undefined;
    this.#reports = [];
    this.#scanner = new RealTimeScanner();
    this.#paper = new EscPosPaper(this.#columns);
    for (const { taken } of this.#incoming.splice(0)) taken();
  }

  powerOn(): void {
    this.#isPowered = true;
    this.#read = 0;
    this.#error = { error: 'none', isCutterError: false };
  }

  /** The drawer has moved. */
  drawerMoved(): void {
    this.#tell('drawer');
  }

  tearOff(): void {
    this.#printed = [];
  }

  get #isStopped(): boolean {
    return this.#isCoverOpen || this.#paperMm <= 0 || this.#error.error !== 'none';
  }

  #changed(): void {
    this.#tell();
    this.#run();
  }

  /** Questions in real time are answered as they come in, whatever waits before them. */
  #answer(bytes: Uint8Array): void {
    for (const of of this.#scanner.take(bytes)) {
      if (!this.answersStatus) continue;
      this.#host?.hear(Uint8Array.of(writeRealTimeStatus(this.#realTime(of))));
    }
  }

  /** Moves what has come in into the buffer, as far as there is room. */
  #fill(): void {
    for (let piece = this.#incoming[0]; piece !== undefined; piece = this.#incoming[0]) {
      while (piece.at < piece.bytes.length && this.#buffer.length < BUFFER_BYTES) {
        this.#buffer.push(piece.bytes[piece.at] ?? 0);
        piece.at += 1;
      }
      if (piece.at < piece.bytes.length) return;
      this.#incoming.shift();
      piece.taken();
    }
  }

  #run(): void {
    this.#fill();
    while (this.#isPowered && !this.#isStopped && this.#cancelLine === undefined) {
      const byte = this.#buffer.shift();
      if (byte === undefined) return;
      this.#fill();
      if (byte === END_OF_CONNECTION) {
        if (this.#paper.pendingBytes > 0) this.#paper = new EscPosPaper(this.#columns);
        continue;
      }
      this.#read += 1;
      for (const event of this.#paper.print(Uint8Array.of(byte))) this.#do(event);
    }
  }

  #do(event: PaperEvent): void {
    switch (event.kind) {
      case 'line':
        this.#put(event, event.isBig ? 2 * LINE_MM : LINE_MM);
        return;
      case 'qr':
        this.#put(event, QR_MM);
        return;
      case 'cut':
        this.#put(event, 0);
        return;
      case 'refused':
        // A printer would print what it does not know as letters, or worse: this one stops, so that it is noticed.
        this.#put(event, 0);
        this.fail('unrecoverable');
        return;
      case 'drawer':
        this.#drawer?.kick(event.pulse);
        return;
      case 'process_id':
        this.#confirm(event.id);
        return;
      case 'initialised':
        this.#reports = [];
        return;
      case 'automatic_status':
        this.#reports = event.reports;
        this.#lastTold = '';
        this.#tell();
        return;
      case 'status_request':
        return;
    }
  }

  #put(what: OnPaper, mm: number): void {
    this.#printed.push(what);
    if (this.#printed.length > ON_PAPER_MAX) this.#printed.shift();
    this.#paperMm = Math.max(0, this.#paperMm - mm);
    this.#tell();
    if (mm === 0 || this.lineMs === 0) return;
    this.#cancelLine = this.#timers.after(this.lineMs, () => {
      this.#cancelLine = undefined;
      this.#run();
    });
  }

  #confirm(id: string): void {
    if (this.answersIds) this.#host?.hear(Buffer.from(`\x37\x22${id}\x00`, 'latin1'));
  }

  /** Reports a change, if it is one of those that were asked for. */
  #tell(what?: EscPosReport): void {
    if (!this.#isPowered || !this.answersStatus || this.#reports.length === 0) return;
    if (what !== undefined && !this.#reports.includes(what)) return;
    const bytes = writeAutomaticStatus(this.#automatic());
    const told = Buffer.from(bytes).toString('hex');
    if (told === this.#lastTold || !ANSWERED_REPORTS.some((each) => this.#reports.includes(each))) return;
    this.#lastTold = told;
    this.#host?.hear(bytes);
  }

  #automatic(): AutomaticStatus {
    return {
      isDrawerPinHigh: this.#drawer?.isPinHigh() ?? false,
      isOffline: this.#isStopped,
      isCoverOpen: this.#isCoverOpen,
      isFeeding: false,
      isWaitingForRecovery: this.#error.error === 'recoverable',
      isFeedButtonPressed: false,
      ...this.#error,
      isNearEnd: this.#paperMm <= NEAR_END_MM,
      isOut: this.#paperMm <= 0,
    };
  }

  #realTime(of: EscPosStatusKind): RealTimeStatus {
    const now = this.#automatic();
    switch (of) {
      case 'printer':
        return { of, ...now };
      case 'offline_cause':
        return { of, ...now, isStoppedByPaperEnd: now.isOut, hasError: now.error !== 'none' };
      case 'error_cause':
        return { of, ...now };
      case 'paper':
        return { of, ...now };
    }
  }
}
