/** A barcode scanner that reads what a person holds before it. */
import type { BarcodeScanner, ScannedCode } from '../ports/small-devices.ts';
import { control, controlsOf, type Simulated } from './controls.ts';

export type SimulatedScanner = BarcodeScanner & Simulated;

const SYMBOLOGIES = ['ean_13', 'ean_8', 'code_128', 'code_39', 'qr', 'data_matrix', 'unknown'] as const;
/** What the largest code of any kind holds: digits of a QR code 40-L (ISO/IEC 18004). */
const CODE_CHARS_MAX = 7_089;
const GONE = 'The scanner does not answer: check its cable, or its battery.';

/** A scanner that nobody listens to yet. */
export function createSimulatedScanner({ name = 'simulated scanner' } = {}): SimulatedScanner {
  const listeners = new Set<(code: ScannedCode) => void>();
  let isPlugged = true;
  let last: ScannedCode | undefined;
  const scan = (code: ScannedCode): string | undefined => {
    if (!isPlugged) return GONE;
    last = code;
    for (const onCode of [...listeners]) onCode(code);
    return listeners.size === 0 ? 'Nobody listens to the scanner now.' : undefined;
  };
  return {
    kind: 'barcode_scanner',
    listen({ signal, onCode }) {
      if (signal.aborted) return;
      const listener = (code: ScannedCode) => onCode(code);
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
    status: async () => ({
      kind: 'barcode_scanner',
      name,
      state: isPlugged ? 'ready' : 'gone',
      attention: isPlugged ? null : GONE,
      facts: {},
    }),
    close: async () => listeners.clear(),
    controls: controlsOf(
      control({
        name: 'scan',
        label: 'Hold a code before it',
        args: {
          text: { type: 'text', label: 'Code', charsMax: CODE_CHARS_MAX },
          symbology: { type: 'text', label: 'Kind', allowed: SYMBOLOGIES },
        },
        run: ({ text, symbology }) => scan({ text, symbology: symbology === 'unknown' ? null : symbology }),
      }),
      control({
        name: 'set_plugged',
        label: 'Pull its cable, or plug it in',
        args: { is_plugged: { type: 'boolean', label: 'Plugged in' } },
        run: ({ is_plugged }) => {
          isPlugged = is_plugged;
        },
      }),
    ),
    snapshot: () => ({
      is_plugged: isPlugged,
      last: last === undefined ? null : { text: last.text, symbology: last.symbology },
    }),
  };
}
