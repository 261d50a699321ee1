/**
 * The reconciliation: what the devices say they hold against what the ledger has, computed from the rows themselves,
 * never from a counter somebody kept.
 */
import { sumMinor, toDecimal } from '@holdfast/money';
import type { MoneySum, ReconciliationStream } from '@holdfast/protocol';
import type { PoolClient } from 'pg';
import { readGeneration } from '../feed/generation.ts';
import type { WholeReconciliation } from './page-of-streams.ts';
import {
  type BalanceRow,
  readBalances,
  readEntryCounts,
  readGaps,
  readQuarantineCounts,
  readStreams,
  readSums,
  type StoreFilter,
  type StreamKey,
  type StreamRow,
  type SumRow,
} from './stream-rows.ts';

type Gap = ReconciliationStream['gaps'][number];

/** Answers by stream, under {@link keyOf}. */
type Facts = {
  sums: Map<string, SumRow[]>;
  entries: Map<string, number>;
  quarantined: Map<string, number>;
  gaps: Map<string, Gap[]>;
};

/** Reconciles one store, or all of a tenant. `client` must be in a REPEATABLE READ transaction. */
export async function reconcile(
  client: PoolClient,
  input: StoreFilter & { storeId: string | null; nowMs: number },
): Promise<WholeReconciliation> {
  const streams = await readStreams(client, input);
  const sums = await readSums(client, input);
  const facts: Facts = {
    sums: Map.groupBy(sums, keyOf),
    entries: countsOf(await readEntryCounts(client, input)),
    quarantined: countsOf(await readQuarantineCounts(client, input)),
    gaps: gapsOf(await readGaps(client, input)),
  };
  const balances = await readBalances(client, input);
  return {
    store_id: input.storeId,
    as_of: new Date(input.nowMs).toISOString(),
    generation: await readGeneration(client),
    streams: streams.map((row) => toStream(row, facts)),
    totals: totalsOf(sums),
    accounts: balances.map((row) => ({
      account: row.account,
      currency: row.currency,
      balance: toDecimal(BigInt(row.balance_minor), row.currency),
    })),
    balanced: isBalanced(balances),
  };
}

function toStream(row: StreamRow, facts: Facts): ReconciliationStream {
  const key = keyOf(row);
  const gaps = facts.gaps.get(key) ?? [];
  const ackedSeq = Number(row.acked_seq);
  const reported = reportedOf(row);
  const beyond = reported === null ? 0 : Math.max(0, reported.tip_seq - ackedSeq);
  const missing = gaps.reduce((sum, gap) => sum + gap.to_seq - gap.from_seq + 1, beyond);
  return {
    device_id: row.device_id,
    device_name: row.device_name,
    device_state: row.device_state,
    incarnation: row.incarnation,
    lane: row.lane,
    acked_seq: ackedSeq,
    safe_seq: Number(row.safe_seq),
    head_hash: row.head_hash.toString('hex'),
    entries: facts.entries.get(key) ?? 0,
    sums: (facts.sums.get(key) ?? []).map(toSum),
    quarantined: facts.quarantined.get(key) ?? 0,
    last_received_at: row.last_received_at?.toISOString() ?? null,
    reported,
    missing,
    gaps,
    state: stateOf(row, { reported, missing, ackedSeq }),
  };
}

function reportedOf(row: StreamRow): ReconciliationStream['reported'] {
  if (row.tip_seq === null || row.tip_hash === null || row.reported_at === null) return null;
  return {
    tip_seq: Number(row.tip_seq),
    tip_hash: row.tip_hash.toString('hex'),
    oldest_unacked_at: row.oldest_unacked_at?.toISOString() ?? null,
    reported_at: row.reported_at.toISOString(),
  };
}

/**
 * A tip inside what is acked must have the hash the ledger has there: an old report is no fork, another history is.
 * Before the first word of the device, nobody knows whether it holds more.
 */
function stateOf(
  row: StreamRow,
  known: { reported: ReconciliationStream['reported']; missing: number; ackedSeq: number },
): ReconciliationStream['state'] {
  const { reported, missing, ackedSeq } = known;
  const isInside = reported !== null && reported.tip_seq >= 1 && reported.tip_seq <= ackedSeq;
  if (isInside && row.hash_at_tip !== null && row.hash_at_tip.toString('hex') !== reported.tip_hash) {
    return 'fork';
  }
  if (missing > 0) return 'waiting';
  return reported === null ? 'unknown' : 'complete';
}

function totalsOf(rows: SumRow[]): MoneySum[] {
  const byCurrency = Map.groupBy(rows, (row) => row.currency);
  return [...byCurrency]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, members]) => ({
      currency,
      count: members.reduce((sum, member) => sum + Number(member.count), 0),
      amount: toDecimal(sumMinor(members.map((member) => BigInt(member.amount_minor))), currency),
    }));
}

function toSum(row: SumRow): MoneySum {
  return {
    currency: row.currency,
    count: Number(row.count),
    amount: toDecimal(BigInt(row.amount_minor), row.currency),
  };
}

function isBalanced(rows: BalanceRow[]): boolean {
  const byCurrency = Map.groupBy(rows, (row) => row.currency);
  return [...byCurrency.values()].every(
    (members) => sumMinor(members.map((member) => BigInt(member.balance_minor))) === 0n,
  );
}

function countsOf(rows: (StreamKey & { count: string })[]): Map<string, number> {
  return new Map(rows.map((row) => [keyOf(row), Number(row.count)]));
}

function gapsOf(rows: (StreamKey & { from_seq: string; to_seq: string })[]): Map<string, Gap[]> {
  const gaps = new Map<string, Gap[]>();
  for (const row of rows) {
    const list = gaps.get(keyOf(row)) ?? [];
    list.push({ from_seq: Number(row.from_seq), to_seq: Number(row.to_seq) });
    gaps.set(keyOf(row), list);
  }
  return gaps;
}

function keyOf(key: StreamKey): string {
  return `${key.device_id}/${key.incarnation}/${key.lane}`;
}
