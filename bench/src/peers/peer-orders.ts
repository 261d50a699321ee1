/** What the edge and the hub of a peer are asked to do; their processes all speak this. */

/** `sell`: store sales `from … to - 1` with no link. `drain`: bring all that waits to the hub at `url`. */
export type PeerEdgeOrder =
  | { order: 'sell'; from: number; to: number }
  | { order: 'drain'; url: string; batch: Batch; how: How };

/** Records of a request, or the one transaction that a peer sends by itself. */
export type Batch = number | 'transaction';

/** `once`: the link holds, and nothing is tried twice. `retry`: with the peer's own retry, as it comes. */
export type How = 'once' | 'retry';

/** `isFull` makes a peer force each commit to the disk where its own default does not. */
export type PeerEdgeSettings = { folder: string; isFull: boolean };

/** Milliseconds that the order took. */
export type PeerEdgeAnswer = number;

/** Clients that store sales side by side, each one sale at a time. */
export const CLIENTS = 64;

/** Stores sales `from … to - 1`, `CLIENTS` side by side, and resolves with the milliseconds that took. */
export async function sellAll(
  { from, to }: { from: number; to: number },
  sell: (index: number) => Promise<unknown>,
): Promise<number> {
  const startedMs = performance.now();
  let next = from;
  const client = async () => {
    while (next < to) await sell(next++);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return performance.now() - startedMs;
}
