/** What an instance holds beside its state is bounded as its state is: expressions can name a large field again and again. */
import type { Json } from '../types.ts';
import { STATE_BYTES_MAX } from './limits.ts';

/** True when the parts together are no larger than a state may be. Stops at the part that is too much. */
export function fitsState(parts: Iterable<Json | undefined>): boolean {
  let bytes = 0;
  for (const part of parts) {
    bytes += part === undefined ? 0 : Buffer.byteLength(JSON.stringify(part));
    if (bytes > STATE_BYTES_MAX) return false;
  }
  return true;
}
