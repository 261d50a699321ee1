/** What the hub says of streams beside their acks: how much its archive holds, and what waits there for a person. */
import type { FeedPage } from '@holdfast/protocol';
import type { Db } from './open.ts';
import { allStreams, type StreamRow } from './streams.ts';

export type NewMark = { stream: StreamRow; safeSeq: number; quarantined: number };

/** The streams of which a page of the feed says something new; what is safe is never more than what is acked. */
export function newMarks(db: Db, includes: FeedPage['includes']): NewMark[] {
  const marks: NewMark[] = [];
  for (const stream of allStreams(db)) {
    // What was pulled back shares the name of a stream, and none of its marks.
    if (stream.closed_why === 'repull' || stream.closed_why === 'history') continue;
    const held = includes.find(
      (item) => item.incarnation === stream.incarnation && item.lane === stream.lane,
    );
    if (!held) continue;
    const safeSeq = Math.max(stream.safe_seq, Math.min(held.safe_seq ?? 0, held.seq, stream.acked_seq));
    const quarantined = held.quarantined ?? stream.quarantined;
    if (safeSeq !== stream.safe_seq || quarantined !== stream.quarantined)
      marks.push({ stream, safeSeq, quarantined });
  }
  return marks;
}
