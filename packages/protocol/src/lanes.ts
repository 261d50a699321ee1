/**
 * Lanes: classes of data with an order and a share of the link of their own. Code walks this table; it never asks
 * for a lane by name where a property will do.
 */

/** What a lane guarantees and how it travels. */
export type LaneSpec = {
  /** Dense sequence and hash chain; the others are dirty sets. */
  chained: boolean;
  /** Share of a busy link, in percent. */
  share: number;
  /** Where its batches are posted. */
  path: string;
  /** May draw on the disk reserve. */
  reserve: boolean;
};

export const LANES = {
  transactions: { chained: true, share: 70, path: '/api/v1/transactions/batch', reserve: true },
} as const satisfies Record<string, LaneSpec>;

export type Lane = keyof typeof LANES;

export const LANE_NAMES = Object.keys(LANES) as [Lane, ...Lane[]]; // Object.keys widens to string[].

/** True for the name of a lane. */
export function isLane(name: string): name is Lane {
  return Object.hasOwn(LANES, name);
}
