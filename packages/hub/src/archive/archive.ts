/**
 * The archive: a second place that holds every accepted entry, to the byte. What it holds is *safe*: a hub that lost
 * its database is rebuilt from a backup and the archive, and devices may forget what is safe.
 */

/** A run of entries of one stream with the seal that vouches for it. */
export type Segment = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
  first_seq: number;
  count: number;
  /** Hash of the entry before the first, hexadecimal. */
  prev_hash: string;
  /** Header and body line of each entry, then the seal line; each ends with a newline. An erased body is `null`. */
  lines: Uint8Array;
};

/** A segment that is on the disk but not yet part of the archive. */
export type StagedSegment = {
  /** Makes it part of the archive. When this resolves, it survives a power cut; from then on it does nothing. */
  publish(): Promise<void>;
  /** Removes it; does nothing once it is published. Never rejects: what stays behind is swept up later. */
  discard(): Promise<void>;
};

/**
 * Where segments go. Segments of a stream may overlap, and one may come twice: whoever replays them tells entries by
 * place and hash. They are authentic, since chain and seal were verified before.
 */
export type Archive = {
  /** Writes the segment beside the archive, so that this can go on while the database works. */
  stage(segment: Segment): Promise<StagedSegment>;
};

/** Stages and publishes at once. */
export async function append(archive: Archive, segment: Segment): Promise<void> {
  const staged = await archive.stage(segment);
  await staged.publish();
}
