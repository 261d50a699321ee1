/**
 * What a till leaves behind after a day, for whoever searches it for card data.
 *
 * `playDay` of play-day.ts plays the whole day and gives the remains of every till; each has a folder of its own below
 * the folder that it was given: `data` is that of the edge, with the store `edge.db`, its log `edge.db-wal` and its key
 * `store.key` (no passphrase, the default cipher), `edge.log` holds the lines that it logged. A caller that wants to see
 * the edge while its store is open, or its log before it was taken over, does so in `beforeClose`.
 */
import type { DaySecrets } from './wallet-secrets.ts';

export type DayRemains = {
  /** Data folder of the till's edge. */
  folder: string;
  /** Lines of the edge's logger at its most talkative level. */
  logFile: string;
  /** All that the printer received, one element a payment or reprint. */
  printed: readonly Uint8Array[];
  secrets: DaySecrets;
};
