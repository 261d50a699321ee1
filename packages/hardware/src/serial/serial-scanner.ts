/** Barcode scanners on a serial port, or on USB as a virtual one. Those that type like a keyboard are the till's. */
import type { Timers } from '@holdfast/base';
import type { BarcodeScanner, ScannedCode } from '../ports/small-devices.ts';
import { ScannedLines } from './scanned-lines.ts';
import { SerialDevice, type SerialDeviceOptions } from './serial-device.ts';

export type SerialScannerOptions = SerialDeviceOptions & {
  timers: Timers;
  /** How long it waits before it looks for a scanner that was unplugged. */
  retryMs?: number;
};

const RETRY_MS = 2_000;

/** Opens the port at the first listener, and again each time it was lost while anybody listens. */
export function createSerialScanner(options: SerialScannerOptions): BarcodeScanner {
  const { timers, retryMs = RETRY_MS } = options;
  const listeners = new Set<(code: ScannedCode) => void>();
  const device = new SerialDevice(options, (link) => {
    const lines = new ScannedLines();
    link.onBytes((bytes) => {
      for (const code of lines.take(bytes)) for (const onCode of [...listeners]) onCode(code);
    });
    link.lost.addEventListener('abort', watch, { once: true });
  });
  let isWatching = false;
  function watch(): void {
    if (isWatching || device.isClosed || listeners.size === 0) return;
    isWatching = true;
    void device.link().then((opened) => {
      isWatching = false;
      if (opened.kind === 'failed') timers.after(retryMs, watch);
    });
  }
  return {
    kind: 'barcode_scanner',
    listen({ signal, onCode }) {
      if (signal.aborted) return;
      const listener = (code: ScannedCode) => onCode(code);
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
      watch();
    },
    async status() {
      const opened = await device.link();
      return {
        kind: 'barcode_scanner',
        name: device.name,
        state: opened.kind === 'failed' ? 'gone' : 'ready',
        attention: opened.kind === 'failed' ? opened.message : null,
        facts: {},
      };
    },
    async close() {
      listeners.clear();
      device.close();
    },
  };
}
