/** How much of each stream the archive holds without a hole: that, and nothing else, is safe. */
import type { PoolClient } from 'pg';
import { type PlannedSegment, streamOf } from './plan-replay.ts';

export type Coverage = {
  /** Adds a segment that holds, in the order of its stream. */
  add(segment: PlannedSegment): void;
  /** Makes it the `safe_seq` of every stream of the database; those without a segment have nothing that is safe. */
  write(client: PoolClient): Promise<void>;
};

type Covered = { names: string[]; seq: number };

/** A coverage of nothing yet. */
export function createCoverage(): Coverage {
  const streams = new Map<string, Covered>();
  return {
    add({ place, location_id }) {
      const { tenant_id, device_id, incarnation, lane } = place;
      const covered = streams.get(streamOf(place)) ?? {
        names: [tenant_id, location_id, device_id, incarnation, lane],
        seq: 0,
      };
      if (place.first_seq <= covered.seq + 1) covered.seq = Math.max(covered.seq, place.last_seq);
      streams.set(streamOf(place), covered);
    },
    async write(client) {
      const all = [...streams.values()];
      const column = (index: number) => all.map(({ names }) => names[index]);
      await client.query(
        `UPDATE stream SET safe_seq = least(stream.acked_seq, coalesce(covered.seq, 0))
         FROM stream AS s LEFT JOIN
           unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[])
             AS covered (tenant_id, location_id, device_id, incarnation, lane, seq)
           USING (tenant_id, location_id, device_id, incarnation, lane)
         WHERE stream.tenant_id = s.tenant_id AND stream.location_id = s.location_id
           AND stream.device_id = s.device_id AND stream.incarnation = s.incarnation AND stream.lane = s.lane`,
        [column(0), column(1), column(2), column(3), column(4), all.map(({ seq }) => seq)],
      );
    },
  };
}
