/**
 * The archive: a second place that holds every accepted entry, to the byte. What it holds is *safe*: a hub that lost
 * its database is rebuilt from a backup and the archive, and devices may forget what is safe.
 */

import type { DeviceState } from '@holdfast/protocol';

/** A run of entries of one stream with the seal that vouches for it, as `signSegment` makes it. */
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
  /** Hash of the last entry, hexadecimal. */
  head_hash: string;
  /** When the hub took the entries in: RFC 3339. */
  received_at: string;
  /** The state its device had then: what a revoked one hands in is judged as such, now and at a replay. */
  device_state: DeviceState;
  /** Places of the entries whose body had been erased before; absent when there are none. */
  erased?: number[] | undefined;
  /** Of everything above, under the hub's own key. */
  mac: string;
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
export type SegmentArchive = {
  /** Writes the segment beside the archive, so that this can go on while the database works. */
  stage(segment: Segment): Promise<StagedSegment>;
};

/** Where the records of tenants, stores and devices go: a replay is of no use without the keys of its seals. */
export type IdentityArchive = {
  /** Writes a record in the place of the one of that name. When this resolves, it survives a power cut. */
  keepIdentity(name: string, text: string): Promise<void>;
  /** Every record there is, in no order; one that is no file of a sane size has no text. */
  identities(): AsyncIterable<{ name: string; text: string }>;
};

/** Where a segment lies; `first_seq` and `last_seq` are as its name says. */
export type SegmentPlace = {
  tenant_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
  first_seq: number;
  last_seq: number;
  /** What people find it by. */
  path: string;
};

/** The archive as whoever replays it sees it. */
export type ArchiveReader = {
  /** Every segment there is, stream by stream, each stream in the order of its entries. */
  segments(): AsyncIterable<SegmentPlace>;
  /** The first line of a segment, as text; undefined when there is none of a sane length. */
  readHead(place: SegmentPlace): Promise<string | undefined>;
  /** All bytes of a segment; undefined for what is no file of a sane size. */
  read(place: SegmentPlace): Promise<Buffer | undefined>;
};

/** An archive with everything a hub needs of one. */
export type Archive = SegmentArchive & IdentityArchive & ArchiveReader;

/** Stages and publishes at once. */
export async function append(archive: SegmentArchive, segment: Segment): Promise<void> {
  const staged = await archive.stage(segment);
  await staged.publish();
}
