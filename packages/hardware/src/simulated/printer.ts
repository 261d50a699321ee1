/**
 * A receipt printer that is simulated down to its status bytes. Orders reach it through the same adapter as a real one,
 * over a line in memory or over TCP, so that what is tested here is what runs in a shop.
 */
import type { Random, Timers } from '@holdfast/base';
import type { DrawerPulse } from '@holdfast/commerce';
import { createByteInbox, type LinkEnd, type OpenedLink } from '../byte-link.ts';
import { createEscPosPrinter, type EscPosPrinter } from '../escpos/escpos-printer.ts';
import type { PrinterTimes } from '../escpos/print-job.ts';
import type { ReceiptPrinter } from '../ports/receipt-printer.ts';
import { control, controlsOf, type Simulated, type Snapshot } from './controls.ts';
import { type OnPaper, PrinterBody, ROLL_MM } from './printer/printer-body.ts';

export type SimulatedPrinterOptions = {
  timers: Timers;
  random: Random;
  width?: ReceiptPrinter['width'];
  name?: string;
  /** What a line takes; 20 if unsaid. */
  lineMs?: number;
  paperMm?: number;
  /** The drawer on its connector. */
  drawer?: { kick(pulse: DrawerPulse): void; isPinHigh(): boolean };
  times?: Partial<PrinterTimes>;
};

export type SimulatedPrinter = EscPosPrinter &
  Simulated & {
    /** What is on paper since it was last torn off. */
    readonly paper: readonly OnPaper[];
    /** The thing itself, for a line of another kind. */
    readonly body: PrinterBody;
    /** How the line to it is. */
    readonly cable: PrinterCable;
  };

/** `cut`: nobody can be reached. `hanging`: it can be reached, and nothing gets through. */
export type CableState = 'plugged' | 'cut' | 'hanging';

/** The line to the printer, which has faults of its own. */
export type PrinterCable = {
  state: CableState;
  /** After that many more bytes the line breaks; null while it holds. */
  breaksAfterBytes: number | null;
};

const LINE_MS = 20;
const LINES_SHOWN = 200;
const MM_MAX = ROLL_MM;
const BYTES_MAX = 1_000_000;

/** A printer with a new roll, cover shut, cable plugged in. */
export function createSimulatedPrinter(options: SimulatedPrinterOptions): SimulatedPrinter {
  const { timers, random, width = 42, name = 'simulated printer', times, drawer, paperMm } = options;
  const body = new PrinterBody({
    columns: width,
    timers,
    lineMs: options.lineMs ?? LINE_MS,
    ...(paperMm === undefined ? {} : { paperMm }),
    ...(drawer === undefined ? {} : { drawer }),
  });
  const cable: PrinterCable = { state: 'plugged', breaksAfterBytes: null };
  const adapter = createEscPosPrinter({
    name,
    width,
    timers,
    random,
    open: () => Promise.resolve(openLine(body, cable)),
    ...(times === undefined ? {} : { times }),
  });
  return {
    ...adapter,
    body,
    cable,
    get paper() {
      return body.onPaper;
    },
    controls: controlsOfPrinter(body, cable),
    snapshot: () => snapshotOf(body, cable),
  };
}

/** A line in memory, with the faults of its cable. */
function openLine(body: PrinterBody, cable: PrinterCable): OpenedLink {
  const inbox = createByteInbox();
  const lost = new AbortController();
  const host = { hear: (bytes: Uint8Array) => (cable.state === 'plugged' ? inbox.put(bytes) : undefined) };
  if (cable.state === 'cut' || !body.isPowered)
    return { kind: 'failed', message: 'The printer cannot be reached: switch it on and check its cable.' };
  if (!body.connect(host))
    return { kind: 'failed', message: 'Another till is using the printer: try again.' };
  const end = (why: LinkEnd) => {
    body.disconnect(host);
    lost.abort(why);
  };
  const link = {
    lost: lost.signal,
    onBytes: inbox.onBytes,
    async write(bytes: Uint8Array): Promise<'sent' | 'lost'> {
      if (lost.signal.aborted) return 'lost';
      const through = bytesThrough(cable, bytes);
      if (cable.state === 'hanging') return 'sent';
      await body.take(through.bytes);
      if (through.breaks || cable.state === 'cut' || !body.isPowered) end('broken');
      return lost.signal.aborted ? 'lost' : 'sent';
    },
    close: (how?: 'afterAll') => end(how === 'afterAll' ? 'ended' : 'closed'),
  };
  return { kind: 'open', link };
}

/** What of these bytes gets through before the line breaks, counted down. */
export function bytesThrough(cable: PrinterCable, bytes: Uint8Array): { bytes: Uint8Array; breaks: boolean } {
  const left = cable.breaksAfterBytes;
  if (left === null) return { bytes, breaks: false };
  const breaks = bytes.length >= left;
  cable.breaksAfterBytes = breaks ? null : left - bytes.length;
  return { bytes: bytes.subarray(0, left), breaks };
}

function controlsOfPrinter(body: PrinterBody, cable: PrinterCable): Simulated['controls'] {
  const errors = ['none', 'clears_itself', 'recoverable', 'cutter', 'unrecoverable'] as const;
  return controlsOf(
    control({ name: 'open_cover', label: 'Open the cover', run: () => body.openCover() }),
    control({ name: 'close_cover', label: 'Close the cover', run: () => body.closeCover() }),
    control({ name: 'new_roll', label: 'Put a new roll in', run: () => body.setPaper(ROLL_MM) }),
    control({
      name: 'set_paper',
      label: 'Leave so much paper on the roll',
      args: { millimetres: { type: 'integer', label: 'Millimetres', min: 0, max: MM_MAX } },
      run: ({ millimetres }) => body.setPaper(millimetres),
    }),
    control({ name: 'tear_off', label: 'Tear the paper off', run: () => body.tearOff() }),
    control({
      name: 'fail',
      label: 'Let it fail',
      args: { error: { type: 'text', label: 'Error', allowed: errors } },
      run: ({ error }) => body.fail(error === 'cutter' ? 'recoverable' : error, error === 'cutter'),
    }),
    control({
      name: 'set_speed',
      label: 'Print slower or faster',
      args: { line_ms: { type: 'integer', label: 'Milliseconds a line', min: 0, max: 60_000 } },
      run: ({ line_ms }) => {
        body.lineMs = line_ms;
      },
    }),
    control({ name: 'power_off', label: 'Switch it off', run: () => body.powerOff() }),
    control({ name: 'power_on', label: 'Switch it on', run: () => body.powerOn() }),
    ...controlsOfCable(body, cable),
  );
}

function controlsOfCable(body: PrinterBody, cable: PrinterCable): Simulated['controls'] {
  return [
    control({
      name: 'set_cable',
      label: 'Plug the cable in, cut it, or let it hang',
      args: { state: { type: 'text', label: 'Cable', allowed: ['plugged', 'cut', 'hanging'] } },
      run: ({ state }) => {
        cable.state = state;
      },
    }),
    control({
      name: 'break_after',
      label: 'Break the line after so many bytes',
      args: { bytes: { type: 'integer', label: 'Bytes', min: 1, max: BYTES_MAX } },
      run: ({ bytes }) => {
        cable.breaksAfterBytes = bytes;
      },
    }),
    control({
      name: 'set_answers',
      label: 'What it answers',
      args: {
        status: { type: 'boolean', label: 'Questions about its state' },
        process_ids: { type: 'boolean', label: 'Process ids' },
      },
      run: ({ status, process_ids }) => {
        body.answersStatus = status;
        body.answersIds = process_ids;
      },
    }),
  ];
}

function snapshotOf(body: PrinterBody, cable: PrinterCable): Snapshot {
  return {
    is_powered: body.isPowered,
    cable: cable.state,
    is_cover_open: body.isCoverOpen,
    error: body.error,
    paper_mm: body.paperMm,
    line_ms: body.lineMs,
    waiting_bytes: body.waitingBytes,
    paper: body.onPaper.slice(-LINES_SHOWN).map(shown),
  };
}

function shown(what: OnPaper): Snapshot {
  switch (what.kind) {
    case 'line':
      return { kind: 'line', text: what.text, align: what.align, is_bold: what.isBold, is_big: what.isBig };
    case 'qr':
      return { kind: 'qr', text: what.value };
    case 'cut':
      return { kind: 'cut', text: what.cut };
    case 'refused':
      return { kind: 'refused', text: what.reason };
  }
}
