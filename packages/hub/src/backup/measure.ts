/** Counts and hashes bytes as they pass. */
import { createHash } from 'node:crypto';

const NEWLINE = 10;

/** What has passed so far; `sha256` ends the count. */
export type Tally = {
  pass(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  readonly bytes: number;
  /** Line feeds: COPY writes one at the end of a row, and none within. */
  readonly rows: number;
  /** Hexadecimal. */
  sha256(): string;
};

/** A tally of nothing yet. */
export function createTally(): Tally {
  const hash = createHash('sha256');
  let bytes = 0;
  let rows = 0;
  return {
    async *pass(source) {
      for await (const piece of source) {
        hash.update(piece);
        bytes += piece.length;
        for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) rows += 1;
        yield piece;
      }
    },
    get bytes() {
      return bytes;
    },
    get rows() {
      return rows;
    },
    sha256: () => hash.digest('hex'),
  };
}
