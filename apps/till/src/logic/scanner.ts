/**
 * A barcode scanner is a keyboard that types very fast and ends with Enter. People are told from scanners by the time
 * between keys.
 */

/** Time between two keys of a scanner, at most. */
const GAP_MAX_MS = 60;
/** The shortest code a scanner sends. */
const CODE_MIN = 6;

export type ScanState = { code: string; lastMs: number };

export const SCAN_IDLE: ScanState = { code: '', lastMs: Number.NEGATIVE_INFINITY };

/** The state after a key, and the code if the key was the Enter that ends one. */
export function scanKey(
  state: ScanState,
  { key, atMs }: { key: string; atMs: number },
): { state: ScanState; code: string | null } {
  const fast = atMs - state.lastMs <= GAP_MAX_MS;
  if (key === 'Enter') {
    const ended = fast && state.code.length >= CODE_MIN;
    return { state: SCAN_IDLE, code: ended ? state.code : null };
  }
  if (!/^[0-9A-Za-z-]$/.test(key)) return { state: key === 'Shift' ? state : SCAN_IDLE, code: null };
  return { state: { code: fast ? state.code + key : key, lastMs: atMs }, code: null };
}
