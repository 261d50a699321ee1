/**
 * A search through pieces of a place: for every needle in the bytes as they are, and in what any compressed stream within
 * them holds, and so on to a depth of four. What could not be searched whole is told, for a search that is to prove
 * something must not pass over it.
 */
import { openStreams } from './compressed.ts';
import type { NeedleIndex } from './needle-index.ts';

/** Bytes to search, and where they are from: a place such as `hub log`, and a part of it such as a file or a row. */
export type Piece = { place: string; part: string; bytes: Uint8Array };

/** Where something was found. `within` names the streams that it lies in, the outermost first. */
export type Hit = {
  place: string;
  part: string;
  within: readonly string[];
  /** Of the innermost stream, or of the part. */
  offset: number;
  encoding: string;
  secret: string;
};

export type Searched = {
  hits: Hit[];
  /** Streams that hold more than is searched. */
  unsearched: string[];
  /** How much there was to search, by place. */
  bytes: Record<string, number>;
};

const DEPTH_MAX = 4;
/** What one stream may hold, and all that begin in one piece together. */
const STREAM_BYTES_MAX = 64 * 1024 * 1024;
const PIECE_BYTES_MAX = 512 * 1024 * 1024;
/** More of the same in one part tell nothing. */
const HITS_MAX = 1_000;

/** Searches all pieces, each of which is needed only until the next one is asked for. */
export async function searchPieces(
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  index: NeedleIndex,
): Promise<Searched> {
  const searched: Searched = { hits: [], unsearched: [], bytes: {} };
  for await (const { place, part, bytes } of pieces) {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const at: At = { place, part, within: [], left: { bytes: PIECE_BYTES_MAX } };
    searched.bytes[place] = (searched.bytes[place] ?? 0) + whole.length;
    searchBytes(whole, { index, at, searched });
  }
  return searched;
}

/** What a failure says of a hit. */
export function describeHit({ place, part, within, offset, encoding, secret }: Hit): string {
  const streams = within.map((stream) => `, in ${stream}`).join('');
  return `${place}: ${part}${streams}, at ${offset}: ${secret}, ${encoding}`;
}

/** Hits in a few lines: of each place and encoding the first, and how many there are. */
export function describeHits(hits: readonly Hit[]): string[] {
  const alike = Map.groupBy(hits, ({ place, encoding }) => `${place}, ${encoding}`);
  return [...alike.values()].flatMap((each) =>
    each.slice(0, 1).map((first) => `${describeHit(first)} (${each.length} alike)`),
  );
}

type At = Pick<Hit, 'place' | 'part' | 'within'> & { left: { bytes: number } };
type Use = { index: NeedleIndex; at: At; searched: Searched };

function searchBytes(bytes: Buffer, { index, at, searched }: Use): void {
  const { place, part, within, left } = at;
  for (const { needle, offset } of index.find(bytes).slice(0, HITS_MAX)) {
    const { encoding, secret } = needle;
    searched.hits.push({ place, part, within, offset, encoding, secret });
  }
  for (const { kind, offset, bytes: inner, isCut } of openStreams(bytes, STREAM_BYTES_MAX)) {
    const deeper = [...within, `${kind} at ${offset}`];
    left.bytes -= inner.length;
    if (isCut || within.length >= DEPTH_MAX || left.bytes < 0)
      searched.unsearched.push(`${place}: ${part}, in ${deeper.join(', in ')}`);
    else searchBytes(inner, { index, at: { ...at, within: deeper }, searched });
  }
}
